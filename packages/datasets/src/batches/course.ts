import { restoreGenerator, type Generator, type GeneratorState } from '@espalier/core';

/** Where a stream of training batches stands: all it takes to go on as if nothing had happened. */
export interface BatchPosition {
  readonly epoch: number;
  /** The next place in the epoch's permutation. */
  readonly index: number;
  /** State of the shuffling generator when the epoch began: the permutation is drawn from it again. */
  readonly shuffle: GeneratorState;
  readonly augment: GeneratorState;
}

/** Which pictures a batch shows and how, before any of them is decoded. */
export interface PlannedBatch<View> {
  readonly examples: Uint32Array;
  readonly views: readonly View[];
}

export interface BatchCourseOptions<View> {
  readonly batchSize: number;
  readonly shuffle: Generator;
  readonly augment: Generator;
  /** Draws how an example is shown. */
  readonly draw: (example: number, augment: Generator) => View;
}

/** The part of a dataset that a course goes through. */
export interface Members {
  readonly name: string;
  readonly indices: Uint32Array;
}

/**
 * The order of training: each epoch a fresh permutation of a split, of which whole batches are taken, and the draws of their augmentation. All of
 * it follows from two seeds and the place reached; when and in which order pictures are decoded plays no part.
 */
export class BatchCourse<View> {
  readonly batchSize: number;
  readonly batchesPerEpoch: number;
  readonly #members: Members;
  readonly #draw: (example: number, augment: Generator) => View;
  #shuffle: Generator;
  #augment: Generator;
  #epochStart: GeneratorState;
  #permutation: Uint32Array;
  #epoch = 0;
  #index = 0;

  constructor(members: Members, { batchSize, shuffle, augment, draw }: BatchCourseOptions<View>) {
    if (members.indices.length === 0) throw new RangeError(`the ${members.name} split is empty`);
    this.batchSize = Math.min(batchSize, members.indices.length);
    this.batchesPerEpoch = Math.floor(members.indices.length / this.batchSize);
    this.#members = members;
    this.#draw = draw;
    this.#shuffle = shuffle;
    this.#augment = augment;
    this.#epochStart = shuffle.state();
    this.#permutation = shuffle.permutation(members.indices.length);
  }

  /** The position before the next batch. */
  get position(): BatchPosition {
    return { epoch: this.#epoch, index: this.#index, shuffle: this.#epochStart, augment: this.#augment.state() };
  }

  /** Goes to a position that a course of the same split and batch size had. */
  seek({ epoch, index, shuffle, augment }: BatchPosition): void {
    this.#shuffle = restoreGenerator(shuffle);
    this.#augment = restoreGenerator(augment);
    this.#epochStart = shuffle;
    this.#permutation = this.#shuffle.permutation(this.#members.indices.length);
    this.#epoch = epoch;
    this.#index = index;
  }

  next(): PlannedBatch<View> {
    const places = this.#permutation.subarray(this.#index, this.#index + this.batchSize);
    const examples = places.map((place) => this.#members.indices[place]!);
    const views = Array.from(examples, (example) => this.#draw(example, this.#augment));
    this.#advance();
    return { examples, views };
  }

  #advance(): void {
    this.#index += this.batchSize;
    if (this.#index + this.batchSize <= this.#permutation.length) return;
    this.#epoch++;
    this.#index = 0;
    this.#epochStart = this.#shuffle.state();
    this.#permutation = this.#shuffle.permutation(this.#members.indices.length);
  }
}
