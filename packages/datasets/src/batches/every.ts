import { evaluationView } from '../augmentation/draw.ts';
import { inMemory, type Dataset, type Split } from '../dataset.ts';
import { normalisationTable } from '../normalisation.ts';
import { renderBatch, sizeOf, type Batch } from './render.ts';
import { batchesAhead } from './stream.ts';

/**
 * Every example of a split once, in stored order, in batches of one size: the last one is padded with zeros and says how many count. Pictures that
 * lie in files are decoded ahead.
 */
export async function* everyBatch(dataset: Dataset, split: Split, batchSize: number): AsyncGenerator<Batch, void, void> {
  const { images, indices } = split;
  const table = normalisationTable(dataset.normalisation);
  const ahead = inMemory(images) ? 0 : batchesAhead(batchSize);
  const coming: Promise<Batch>[] = [];
  let start = 0;
  const begin = (): void => {
    const examples = indices.subarray(start, start + batchSize);
    const views = Array.from(examples, (example) => evaluationView(sizeOf(images, example, dataset.shape), dataset.shape));
    const batch = renderBatch(dataset, images, { examples, views }, table, batchSize);
    batch.catch(() => undefined);
    coming.push(batch);
    start += batchSize;
  };
  for (;;) {
    while (start < indices.length && coming.length <= ahead) begin();
    const batch = coming.shift();
    if (batch === undefined) return;
    yield await batch;
  }
}
