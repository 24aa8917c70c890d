import { everyBatch, type Batch, type Dataset, type Split } from '@espalier/datasets';
import type { ForwardPass } from '../steps/forward-pass.ts';
import { logSumExp, rankOf } from './logits.ts';

const largestBatch = 200;

/** The batch size for measuring a split: one that leaves little padding. */
export const evaluationBatchSize = ({ indices }: Pick<Split, 'indices'>): number =>
  Math.ceil(indices.length / Math.ceil(indices.length / largestBatch));

/** Among fewer classes the right one is no achievement. */
const leastClassesForTop5 = 6;

/** `accuracy` is top-1, `loss` the mean cross-entropy; every example counts exactly once. */
export interface Score {
  readonly examples: number;
  readonly accuracy: number;
  /** The share of examples whose class is among the five that are found likeliest; only where there are more classes than that. */
  readonly top5?: number;
  readonly loss: number;
}

/** Measures a network on a split, batch by batch, so that its owner can breathe in between. */
export class Evaluation {
  readonly #forward: ForwardPass;
  readonly #batches: AsyncIterator<Batch>;
  readonly #classCount: number;
  #examples = 0;
  #correct = 0;
  #amongFive = 0;
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
      const rank = rankOf(label, row);
      if (rank === 0) this.#correct++;
      if (rank < 5) this.#amongFive++;
      this.#lossSum += logSumExp(row) - row[label]!;
    }
    this.#examples += count;
    return true;
  }

  score(): Score {
    const share = (count: number): number => count / this.#examples;
    return {
      examples: this.#examples,
      accuracy: share(this.#correct),
      ...(this.#classCount < leastClassesForTop5 ? {} : { top5: share(this.#amongFive) }),
      loss: share(this.#lossSum),
    };
  }
}
