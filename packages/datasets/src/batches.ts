import { restoreGenerator, type Generator, type GeneratorState } from '@espalier/core';
import { copyImage, type Augmentation, type ImageWindow } from './augmentation.ts';
import type { Dataset, Split } from './dataset.ts';
import { normalisationTable } from './normalisation.ts';

/** `images` is [size, height, width, channels], normalised; `labels` is [size]. The first `count` of them are real, the rest padding. */
export interface Batch {
  readonly images: Float32Array;
  readonly labels: Int32Array;
  readonly size: number;
  readonly count: number;
}

/** Where a stream of training batches stands: all it takes to go on as if nothing had happened. */
export interface BatchPosition {
  readonly epoch: number;
  /** The next place in the epoch's permutation. */
  readonly index: number;
  /** State of the shuffling generator when the epoch began: the permutation is drawn from it again. */
  readonly shuffle: GeneratorState;
  readonly augment: GeneratorState;
}

export interface BatchStreamOptions {
  batchSize: number;
  shuffle: Generator;
  augment: Generator;
  augmentation: Augmentation;
}

/**
 * Batches of one split, forever: each epoch a fresh permutation of which whole batches are taken. What is left over is smaller than a
 * batch, differs from epoch to epoch and is dropped, as training wants one fixed batch shape.
 */
export class BatchStream {
  readonly batchSize: number;
  readonly batchesPerEpoch: number;
  readonly #dataset: Dataset;
  readonly #split: Split;
  readonly #augmentation: Augmentation;
  readonly #table: Float32Array;
  #shuffle: Generator;
  #augment: Generator;
  #epochStart: GeneratorState;
  #permutation: Uint32Array;
  #epoch = 0;
  #index = 0;

  constructor(dataset: Dataset, split: Split, { batchSize, shuffle, augment, augmentation }: BatchStreamOptions) {
    if (split.indices.length === 0) throw new RangeError(`the ${split.name} split is empty`);
    this.batchSize = Math.min(batchSize, split.indices.length);
    this.batchesPerEpoch = Math.floor(split.indices.length / this.batchSize);
    this.#dataset = dataset;
    this.#split = split;
    this.#augmentation = augmentation;
    this.#table = normalisationTable(dataset.normalisation);
    this.#shuffle = shuffle;
    this.#augment = augment;
    this.#epochStart = shuffle.state();
    this.#permutation = shuffle.permutation(split.indices.length);
  }

  /** The position before the next batch. */
  get position(): BatchPosition {
    return { epoch: this.#epoch, index: this.#index, shuffle: this.#epochStart, augment: this.#augment.state() };
  }

  /** Goes to a position that a stream of the same split and batch size had. */
  seek({ epoch, index, shuffle, augment }: BatchPosition): void {
    this.#shuffle = restoreGenerator(shuffle);
    this.#augment = restoreGenerator(augment);
    this.#epochStart = shuffle;
    this.#permutation = this.#shuffle.permutation(this.#split.indices.length);
    this.#epoch = epoch;
    this.#index = index;
  }

  next(): Batch {
    const [height, width, channels] = this.#dataset.shape;
    const imageSize = height * width * channels;
    const images = new Float32Array(this.batchSize * imageSize);
    const labels = new Int32Array(this.batchSize);
    for (let place = 0; place < this.batchSize; place++) {
      const example = this.#split.indices[this.#permutation[this.#index + place]!]!;
      const view = this.#drawWindow();
      copyImage(this.#split.images.pixels, example, this.#dataset.shape, this.#table, view, images, place * imageSize);
      labels[place] = this.#split.images.labels[example]!;
    }
    this.#advance();
    return { images, labels, size: this.batchSize, count: this.batchSize };
  }

  #drawWindow(): ImageWindow {
    const { padCrop, horizontalFlip } = this.#augmentation;
    const shift = (): number => (padCrop === 0 ? 0 : this.#augment.integer(2 * padCrop + 1) - padCrop);
    return { down: shift(), right: shift(), flipped: horizontalFlip && this.#augment.integer(2) === 1 };
  }

  #advance(): void {
    this.#index += this.batchSize;
    if (this.#index + this.batchSize <= this.#permutation.length) return;
    this.#epoch++;
    this.#index = 0;
    this.#epochStart = this.#shuffle.state();
    this.#permutation = this.#shuffle.permutation(this.#split.indices.length);
  }
}

const unmoved: ImageWindow = { down: 0, right: 0, flipped: false };

/** Every example of a split once, in stored order, in batches of one size: the last one is padded with zeros and says how many count. */
export function* everyBatch(dataset: Dataset, split: Split, batchSize: number): IterableIterator<Batch> {
  const [height, width, channels] = dataset.shape;
  const imageSize = height * width * channels;
  const table = normalisationTable(dataset.normalisation);
  for (let start = 0; start < split.indices.length; start += batchSize) {
    const members = split.indices.subarray(start, start + batchSize);
    const images = new Float32Array(batchSize * imageSize);
    const labels = new Int32Array(batchSize);
    members.forEach((example, place) => {
      copyImage(split.images.pixels, example, dataset.shape, table, unmoved, images, place * imageSize);
      labels[place] = split.images.labels[example]!;
    });
    yield { images, labels, size: batchSize, count: members.length };
  }
}
