import { describe, expect, it } from 'vitest';
import type { Dataset } from '@espalier/datasets';
import { halves } from '../../test/fixtures.ts';
import { labelledExamples } from './examples.ts';

/** The same pictures as folders of classes are read: one class behind the other. */
function classByClass(dataset: Dataset): Dataset {
  const { training } = dataset.splits;
  const { labels } = training.images;
  const indices = training.indices.slice().sort((a, b) => labels[a]! - labels[b]! || a - b);
  return { ...dataset, splits: { ...dataset.splits, training: { ...training, indices } } };
}

async function labelsOf(dataset: Dataset, count: number, batchSize: number): Promise<number[][]> {
  const batches: number[][] = [];
  for await (const { labels, count: own } of labelledExamples(dataset, count).batches(batchSize))
    batches.push([...labels.subarray(0, own)]);
  return batches;
}

describe('pictures to look at', () => {
  const dataset = halves(300);

  it('have every class in every batch, also where they are stored class by class', async () => {
    const batches = await labelsOf(classByClass(dataset), 10_000, 24);
    expect(batches).toHaveLength(10);
    for (const labels of batches) expect(new Set(labels)).toEqual(new Set([0, 1, 2]));
    expect(batches.flat().sort()).toEqual([...Array<number>(80).fill(0), ...Array<number>(80).fill(1), ...Array<number>(80).fill(2)]);
  });

  it('are the same ones in the same order whenever they are asked for', async () => {
    const folders = classByClass(dataset);
    expect(await labelsOf(folders, 60, 24)).toEqual(await labelsOf(folders, 60, 24));
    expect(await labelsOf({ ...folders, digest: 'e'.repeat(64) }, 60, 24)).not.toEqual(await labelsOf(folders, 60, 24));
  });

  it('come as they are stored where that is mixed', async () => {
    const { images, indices } = dataset.splits.training;
    expect((await labelsOf(dataset, 10_000, 24)).flat()).toEqual(Array.from(indices, (index) => images.labels[index]));
  });
});
