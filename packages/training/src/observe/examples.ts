import { createGenerator, EspalierError, seedOfDigest, type NetworkData } from '@espalier/core';
import {
  everyBatch,
  everyScene,
  sceneSubset,
  stratifiedSubset,
  type Batch,
  type Dataset,
  type DetectionDataset,
  type SceneBatch,
  type Split,
} from '@espalier/datasets';
import { detectionHeads } from '../detection/heads.ts';
import { detection } from '../detection/objective.ts';
import { classification } from '../steps/classification.ts';
import type { Objective, Pictures } from '../steps/objective.ts';

/** Training examples to look at, and what a network would learn from them. */
export interface Examples<ExampleBatch extends Pictures & { readonly count: number }> {
  /** [height, width, channels] */
  readonly shape: readonly [number, number, number];
  readonly count: number;
  readonly objective: Objective<ExampleBatch>;
  /** All of them once, the classes mixed; the last batch is padded. */
  batches(batchSize: number): AsyncGenerator<ExampleBatch, void, void>;
}

export const labelledExamples = (dataset: Dataset, count: number): Examples<Batch> => {
  const { training } = dataset.splits;
  refuseNone(training.indices);
  const subset = mixed(dataset, stratifiedSubset(dataset, training, count));
  return {
    shape: dataset.shape,
    count: subset.indices.length,
    objective: classification({ labelSmoothing: 0 }),
    batches: (batchSize) => everyBatch(dataset, subset, batchSize),
  };
};

/**
 * A split whose pictures do not come class by class, as those of folders are stored: a batch of one class alone has other statistics and other gradients than
 * the pictures as a whole. One that is stored mixed stays as it is.
 */
function mixed({ digest }: Dataset, split: Split): Split {
  const { indices, images } = split;
  const labels = Array.from(indices, (index) => images.labels[index]!);
  const runs = labels.filter((label, place) => label !== labels[place - 1]).length;
  if (runs > new Set(labels).size) return split;
  const order = createGenerator(seedOfDigest(digest), 'mixed', split.name).permutation(indices.length);
  return { ...split, indices: Uint32Array.from(order, (place) => indices[place]!) };
}

/** @throws EspalierError `BAD_INPUT` for a network that is no detector. */
export const sceneExamples = (network: NetworkData, dataset: DetectionDataset, count: number): Examples<SceneBatch> => {
  const { training } = dataset.splits;
  refuseNone(training.indices);
  const subset = sceneSubset(dataset, training, count);
  return {
    shape: dataset.shape,
    count: subset.indices.length,
    objective: detection(detectionHeads(network.topology)),
    batches: (batchSize) => everyScene(dataset, subset, batchSize),
  };
};

export const hasScenes = (dataset: Dataset | DetectionDataset): dataset is DetectionDataset => 'scenes' in dataset.splits.training;

function refuseNone(indices: Uint32Array): void {
  if (indices.length === 0)
    throw new EspalierError('BAD_DATASET', 'there is no training picture to look at', { hint: 'Hold out less for validation.' });
}
