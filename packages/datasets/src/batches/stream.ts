import { EspalierError, type Generator } from '@espalier/core';
import { drawView, evaluationView, type Augmentation, type ImageView } from '../augmentation/draw.ts';
import { inMemory, type Dataset, type Split } from '../dataset.ts';
import { normalisationTable } from '../normalisation.ts';
import { BatchCourse } from './course.ts';
import { batchesAhead, inOrder, PlannedStream } from './planned-stream.ts';
import { renderBatch, sizeOf, type Batch } from './render.ts';

export interface BatchStreamOptions {
  batchSize: number;
  shuffle: Generator;
  augment: Generator;
  augmentation: Augmentation;
}

/**
 * Batches of one split, forever: each epoch a fresh permutation of which whole batches are taken. What is left over is smaller than a
 * batch, differs from epoch to epoch and is dropped, as training wants one fixed batch shape.
 */
export class BatchStream extends PlannedStream<ImageView, Batch> {
  /** @throws EspalierError `BAD_RECIPE` for augmentation that pictures of this kind cannot have. */
  constructor(dataset: Dataset, split: Split, { augmentation, ...options }: BatchStreamOptions) {
    const { images } = split;
    refuseImpossible(augmentation, dataset);
    const table = normalisationTable(dataset.normalisation);
    const draw = (example: number, augment: Generator): ImageView =>
      drawView(augmentation, sizeOf(images, example, dataset.shape), dataset.shape, augment);
    const course = new BatchCourse(split, { ...options, draw });
    const ahead = inMemory(images) ? 0 : batchesAhead(course.batchSize);
    super(course, (planned) => renderBatch(dataset, images, planned, table, course.batchSize), ahead);
  }
}

function refuseImpossible({ randomResizedCrop }: Augmentation, { shape: [, , channels] }: Dataset): void {
  if (randomResizedCrop === undefined || channels === 1 || channels === 3) return;
  throw new EspalierError('BAD_RECIPE', `pictures with ${channels} channels cannot be resized, as randomResizedCrop would`, {
    hint: 'Leave it out, or take pictures in grey or in colour; padCrop shifts without resizing.',
    path: ['augmentation', 'randomResizedCrop'],
  });
}

/**
 * Every example of a split once, in stored order, in batches of one size: the last one is padded with zeros and says how many count. Pictures that
 * lie in files are decoded ahead.
 */
export function everyBatch(dataset: Dataset, { images, indices }: Split, batchSize: number): AsyncGenerator<Batch, void, void> {
  const table = normalisationTable(dataset.normalisation);
  return inOrder(
    indices,
    batchSize,
    inMemory(images) ? 0 : batchesAhead(batchSize),
    (example) => evaluationView(sizeOf(images, example, dataset.shape), dataset.shape),
    (planned) => renderBatch(dataset, images, planned, table, batchSize),
  );
}
