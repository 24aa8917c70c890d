import { datasetKinds, shapeAt, type DatasetLocation, type DatasetSummary, type NetworkData, type SplitName } from '@espalier/core';
import {
  everyBatch,
  everyScene,
  openDataset,
  type Batch,
  type Dataset,
  type DetectionDataset,
  type SceneBatch,
  type SceneSplit,
  type Split,
} from '@espalier/datasets';
import type { JobContext } from '../context.ts';
import { detectionHeads } from '../detection/heads.ts';
import { checkDetectorFit, openScenesFor } from '../detection/scenes.ts';
import { checkFit, squareSide } from '../fit.ts';

/** A dataset, opened for networks that are what it is for: classifiers, or detectors. */
export type OpenedDataset =
  { readonly kind: 'classification'; readonly dataset: Dataset } | { readonly kind: 'detection'; readonly dataset: DetectionDataset };

/**
 * Opens a dataset for a network, with the default share held out. One that was `opened` before is taken again where it fits.
 * @param what the network's part in the job. @throws EspalierError `BAD_INPUT` for a network that does not fit it, `BAD_DATASET`.
 */
export async function openFor(
  network: NetworkData,
  location: DatasetLocation,
  what: string,
  context: JobContext,
  opened: OpenedDataset | null = null,
): Promise<OpenedDataset> {
  if (datasetKinds[location.format] === 'detection') {
    // Detectors of other input sizes get the pictures in theirs.
    if (opened?.kind === 'detection' && opened.dataset.shape.join() === detectionHeads(network.topology).inputShape.join()) {
      checkDetectorFit(network.topology, opened.dataset, what);
      return opened;
    }
    return { kind: 'detection', dataset: await openScenesFor(network.topology, location, what, { heard: context.reading }) };
  }
  const side = squareSide(network.topology);
  const there = opened?.kind === 'classification' ? opened.dataset : null;
  const isOfThatSize = there !== null && (side === undefined || (there.shape[0] === side && there.shape[1] === side));
  const dataset = isOfThatSize ? there : await openDataset(location, { heard: context.reading, side });
  checkFit(network, dataset, what);
  return { kind: 'classification', dataset };
}

/**
 * As `openFor`, by what an inspection found: for whoever wants to refuse before anything else is done.
 * @throws EspalierError `BAD_INPUT` for a network that does not fit the dataset.
 */
export function checkFitOf(
  network: NetworkData,
  { format, imageSize }: DatasetLocation,
  summary: Pick<DatasetSummary, 'shape' | 'resized' | 'classes'>,
  what: string,
): void {
  const { shape, classes } = summary;
  if (datasetKinds[format] === 'classification') {
    return checkFit(network, { shape: shapeAt(summary, squareSide(network.topology)), classes }, what);
  }
  const taken = imageSize === undefined ? detectionHeads(network.topology).inputShape : shape;
  checkDetectorFit(network.topology, { shape: taken, classes }, what);
}

/** The pictures of the first so many examples of a split, in one batch. */
export async function firstPictures({ kind, dataset }: OpenedDataset, name: SplitName, count: number): Promise<Batch | SceneBatch> {
  const first = <Part extends Split | SceneSplit>(split: Part): Part => ({ ...split, indices: split.indices.subarray(0, count) });
  const read = async <Value>(batches: AsyncGenerator<Value, void, void>): Promise<Value> => (await batches.next()).value as Value;
  if (kind === 'detection') {
    const split = first(dataset.splits[name]);
    return read(everyScene(dataset, split, split.indices.length));
  }
  const split = first(dataset.splits[name]);
  return read(everyBatch(dataset, split, split.indices.length));
}
