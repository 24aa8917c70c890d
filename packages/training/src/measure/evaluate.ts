import { everyBatch, type Batch, type Dataset, type Split } from '@espalier/datasets';
import type { ForwardPass } from '../steps/forward-pass.ts';
import { indexOfLargest, logSumExp } from './logits.ts';

const largestBatch = 200;

/** The batch size for measuring a split: one that leaves little padding. */
export const evaluationBatchSize = ({ indices }: Pick<Split, 'indices'>): number =>
  Math.ceil(indices.length / Math.ceil(indices.length / largestBatch));

/** `accuracy` is top-1, `loss` the mean cross-entropy; every example counts exactly once. */
export interface Score {
  readonly examples: number;
  readonly accuracy: number;
  readonly loss: number;
}

/** Measures a network on a split, batch by batch, so that its owner can breathe in between. */
export class Evaluation {
  readonly #forward: ForwardPass;
  readonly #batches: AsyncIterator<Batch>;
  readonly #classCount: number;
  #examples = 0;
  #correct = 0;
  #lossSum = 0;

  constructor(forward: ForwardPass, dataset: Dataset, split: Split) {
    this.#forward = forward;
    this.#batches = everyBatch(dataset, split, forward.batchSize);
    this.#classCount = dataset.classes.length;
  }

  get examples(): number {
    return this.#examples;
  }

  /** Measures one more batch; false when there was none left. */
  async advance(): Promise<boolean> {
    const next = await this.#batches.next();
    if (next.done === true) return false;
    const { images, labels, count } = next.value;
    const logits = this.#forward.run(images);
    for (let example = 0; example < count; example++) {
      const row = logits.subarray(example * this.#classCount, (example + 1) * this.#classCount);
      const label = labels[example]!;
      if (indexOfLargest(row) === label) this.#correct++;
      this.#lossSum += logSumExp(row) - row[label]!;
    }
    this.#examples += count;
    return true;
  }

  score(): Score {
    return { examples: this.#examples, accuracy: this.#correct / this.#examples, loss: this.#lossSum / this.#examples };
  }
}
