import { EspalierError, type DatasetLocation, type Topology } from '@espalier/core';
import { openDetectionDataset, type DetectionDataset, type OpenOptions, type SceneSplit } from '@espalier/datasets';
import { shapeText } from '@espalier/network';
import { detectionHeads } from './heads.ts';

/** Pictures in one call when a detector is judged: more would not be faster, and a detector's maps are large. */
export const largestSceneBatch = 8;

/** The batch size for judging a split: one that leaves little padding. */
export const sceneBatchSize = ({ indices }: Pick<SceneSplit, 'indices'>): number =>
  Math.ceil(indices.length / Math.ceil(indices.length / largestSceneBatch));

/** Without an object that counts there is nothing to judge by. */
export const hasObjects = ({ scenes, indices }: SceneSplit): boolean =>
  indices.some((index) => scenes.boxes[index]!.some(({ difficult }) => !difficult));

/**
 * Opens a detection dataset for a detector: with pictures of the size that it takes, whatever theirs is.
 * @param what the network's part in the job, such as `network`.
 * @throws EspalierError `BAD_INPUT` for a network that is no detector, or not one of the dataset's classes or pictures; `BAD_DATASET`.
 */
export async function openScenesFor(
  topology: Topology,
  location: DatasetLocation,
  what: string,
  options: OpenOptions = {},
): Promise<DetectionDataset> {
  const [height, width, channels] = detectionHeads(topology).inputShape;
  const side = location.imageSize ?? height;
  checkPictures([height, width, channels], [side, side, 3], what);
  const dataset = await openDetectionDataset({ ...location, imageSize: side }, options);
  checkDetectorFit(topology, dataset, what);
  return dataset;
}

/** @throws EspalierError `BAD_INPUT` unless the network is a detector of the dataset's classes in pictures as the dataset was opened with. */
export function checkDetectorFit(topology: Topology, { shape, classes }: Pick<DetectionDataset, 'shape' | 'classes'>, what: string): void {
  const { inputShape, classCount } = detectionHeads(topology);
  checkPictures(inputShape, shape, what);
  if (classCount !== classes.length + 1) {
    throw refusal(what, `tells ${classCount - 1} classes and the background apart`, `has ${classes.length} classes`);
  }
}

function checkPictures(taken: readonly number[], given: readonly number[], what: string): void {
  if (taken.join() !== given.join()) throw refusal(what, `takes ${shapeText(taken)}`, `gives pictures of ${shapeText(given)}`);
}

const refusal = (what: string, has: string, needs: string): EspalierError =>
  new EspalierError('BAD_INPUT', `the ${what} does not fit the dataset: it ${has}, but the dataset ${needs}`, {
    hint: 'Take a network made for this dataset, or a dataset made for this network.',
    path: [what],
  });
