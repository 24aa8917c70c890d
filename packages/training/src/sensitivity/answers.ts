import { everyBatch, type Dataset, type Split } from '@espalier/datasets';
import { logSumExp, rankOf } from '../measure/logits.ts';
import type { ForwardPass } from '../steps/forward-pass.ts';

/** Which pictures of a split a network gets right (1 or 0 each, in the split's order), and its mean cross-entropy. */
export interface Answers {
  readonly right: Uint8Array;
  readonly loss: number;
}

/** @param topK a picture is right where its class is among so many of the likeliest. */
export async function answersOf(forward: ForwardPass, dataset: Dataset, split: Split, topK = 1): Promise<Answers> {
  const right = new Uint8Array(split.indices.length);
  const classes = dataset.classes.length;
  let place = 0;
  let lossSum = 0;
  for await (const { images, labels, count } of everyBatch(dataset, split, forward.batchSize)) {
    const logits = forward.run(images);
    for (let example = 0; example < count; example++, place++) {
      const row = logits.subarray(example * classes, (example + 1) * classes);
      if (rankOf(labels[example]!, row) < topK) right[place] = 1;
      lossSum += logSumExp(row) - row[labels[example]!]!;
    }
  }
  return { right, loss: lossSum / place };
}
