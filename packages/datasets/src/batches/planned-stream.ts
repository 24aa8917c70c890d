import type { BatchCourse, BatchPosition, PlannedBatch } from './course.ts';

/** About how many pictures from files are decoded ahead of the batch in use: enough that threads are never idle during a step. */
const picturesAhead = 256;
const mostBatchesAhead = 8;

export const batchesAhead = (batchSize: number): number => Math.min(mostBatchesAhead, Math.ceil(picturesAhead / batchSize));

export type Render<View, Made> = (planned: PlannedBatch<View>) => Promise<Made>;

interface ComingBatch<Made> {
  readonly batch: Promise<Made>;
  /** The position behind it. */
  readonly after: BatchPosition;
}

/**
 * The batches of a course, a few of them under way before they are asked for: pictures are decoded in threads while the step before them runs. That changes
 * nothing of what is shown, and the position is that of the batches handed out, not of those under way.
 */
export class PlannedStream<View, Made> {
  readonly #course: BatchCourse<View>;
  readonly #render: Render<View, Made>;
  readonly #ahead: number;
  #coming: ComingBatch<Made>[] = [];
  #position: BatchPosition;

  /** @param ahead how many batches are begun before they are asked for; none where there is nothing to wait for. */
  constructor(course: BatchCourse<View>, render: Render<View, Made>, ahead: number) {
    this.#course = course;
    this.#render = render;
    this.#ahead = ahead;
    this.#position = course.position;
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
  async next(): Promise<Made> {
    const { batch, after } = this.#coming.shift() ?? this.#begin();
    while (this.#coming.length < this.#ahead) this.#coming.push(this.#begin());
    const made = await batch;
    this.#position = after;
    return made;
  }

  #begin(): ComingBatch<Made> {
    const batch = quietly(this.#render(this.#course.next()));
    return { batch, after: this.#course.position };
  }
}

/** The members in their order, in batches of `batchSize` and a last one with what is left, `ahead` of them begun before they are asked for. */
export async function* inOrder<View, Made>(
  indices: Uint32Array,
  batchSize: number,
  ahead: number,
  look: (example: number) => View,
  render: Render<View, Made>,
): AsyncGenerator<Made, void, void> {
  const coming: Promise<Made>[] = [];
  let start = 0;
  for (;;) {
    while (start < indices.length && coming.length <= ahead) {
      const examples = indices.subarray(start, start + batchSize);
      coming.push(quietly(render({ examples, views: Array.from(examples, look) })));
      start += batchSize;
    }
    const batch = coming.shift();
    if (batch === undefined) return;
    yield await batch;
  }
}

/** A batch that fails ahead of time is thrown when it is its turn; until then nobody waits for it, which Node would take for a forgotten failure. */
function quietly<Made>(batch: Promise<Made>): Promise<Made> {
  batch.catch(() => undefined);
  return batch;
}
