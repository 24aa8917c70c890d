import { inMemory, type Dataset, type Split } from '../dataset.ts';
import { normalisationTable } from '../normalisation.ts';
import { BatchCourse, type BatchCourseOptions, type BatchPosition } from './course.ts';
import { renderBatch, type Batch } from './render.ts';

export type BatchStreamOptions = BatchCourseOptions;

/** About how many pictures from files are decoded ahead of the batch in use: enough that threads are never idle during a step. */
const picturesAhead = 256;
const mostBatchesAhead = 8;

export const batchesAhead = (batchSize: number): number => Math.min(mostBatchesAhead, Math.ceil(picturesAhead / batchSize));

interface ComingBatch {
  readonly batch: Promise<Batch>;
  /** The position behind it. */
  readonly after: BatchPosition;
}

/**
 * Batches of one split, forever: each epoch a fresh permutation of which whole batches are taken. What is left over is smaller than a
 * batch, differs from epoch to epoch and is dropped, as training wants one fixed batch shape.
 *
 * Pictures that lie in files are decoded a few batches ahead, in threads, while the step before them runs. That changes nothing of what is shown, and
 * the position is that of the batches handed out, not of those under way.
 */
export class BatchStream {
  readonly #dataset: Dataset;
  readonly #split: Split;
  readonly #course: BatchCourse;
  readonly #table: Float32Array;
  readonly #ahead: number;
  #coming: ComingBatch[] = [];
  #position: BatchPosition;

  constructor(dataset: Dataset, split: Split, options: BatchStreamOptions) {
    this.#dataset = dataset;
    this.#split = split;
    this.#course = new BatchCourse(dataset.shape, split, options);
    this.#table = normalisationTable(dataset.normalisation);
    this.#ahead = inMemory(split.images) ? 0 : batchesAhead(this.batchSize);
    this.#position = this.#course.position;
  }

  get batchSize(): number {
    return this.#course.batchSize;
  }

  get batchesPerEpoch(): number {
    return this.#course.batchesPerEpoch;
  }

  /** The position before the next batch. */
  get position(): BatchPosition {
    return this.#position;
  }

  /** Goes to a position that a stream of the same split and batch size had. */
  seek(position: BatchPosition): void {
    this.#coming = [];
    this.#course.seek(position);
    this.#position = position;
  }

  /** @throws EspalierError `BAD_DATASET`, naming the file, for a picture that cannot be decoded or is not the one that was there before. */
  async next(): Promise<Batch> {
    const { batch, after } = this.#coming.shift() ?? this.#begin();
    while (this.#coming.length < this.#ahead) this.#coming.push(this.#begin());
    const rendered = await batch;
    this.#position = after;
    return rendered;
  }

  #begin(): ComingBatch {
    const planned = this.#course.next();
    const batch = renderBatch(this.#dataset, this.#split.images, planned, this.#table, this.batchSize);
    // A batch that fails ahead of time is thrown when it is its turn; until then nobody waits for it.
    batch.catch(() => undefined);
    return { batch, after: this.#course.position };
  }
}
