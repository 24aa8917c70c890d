import type { Generator, SceneAugmentation } from '@espalier/core';
import { BatchCourse } from '../batches/course.ts';
import { batchesAhead, inOrder, PlannedStream } from '../batches/planned-stream.ts';
import { normalisationTable } from '../normalisation.ts';
import { drawSceneView, plainView, type SceneView } from './augmentation/view.ts';
import type { DetectionDataset, SceneSplit } from './dataset.ts';
import { renderScenes, type SceneBatch } from './render.ts';

export interface SceneStreamOptions {
  batchSize: number;
  shuffle: Generator;
  augment: Generator;
  augmentation: SceneAugmentation;
}

/** Batches of scenes forever, in the order and with the promises of `BatchStream`. A position of it goes into a checkpoint in the same way. */
export class SceneStream extends PlannedStream<SceneView, SceneBatch> {
  constructor(dataset: DetectionDataset, split: SceneSplit, { augmentation, ...options }: SceneStreamOptions) {
    const { scenes } = split;
    const table = normalisationTable(dataset.normalisation);
    const draw = (example: number, augment: Generator): SceneView =>
      drawSceneView(augmentation, scenes.files.sizeOf(example), scenes.boxes[example]!, augment);
    const course = new BatchCourse(split, { ...options, draw });
    super(course, (planned) => renderScenes(dataset, scenes, planned, table, course.batchSize), batchesAhead(course.batchSize));
  }
}

/** Every scene of a split once, in stored order, whole and resized; the last batch is padded with zeros and says how many count. */
export function everyScene(
  dataset: DetectionDataset,
  { scenes, indices }: SceneSplit,
  batchSize: number,
): AsyncGenerator<SceneBatch, void, void> {
  const table = normalisationTable(dataset.normalisation);
  return inOrder(
    indices,
    batchSize,
    batchesAhead(batchSize),
    (example) => plainView(scenes.files.sizeOf(example)),
    (planned) => renderScenes(dataset, scenes, planned, table, batchSize),
  );
}
