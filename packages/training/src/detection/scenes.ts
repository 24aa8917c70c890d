import { EspalierError, type DatasetLocation, type Topology } from '@espalier/core';
import { openDetectionDataset, type DetectionDataset, type OpenOptions, type SceneSplit } from '@espalier/datasets';
import { shapeText } from '@espalier/network';
import { detectionHeads } from './heads.ts';

/** Pictures in one call when a detector is judged: more would not be faster, and a detector's maps are large. */
const largestBatch = 8;

/** The batch size for judging a split: one that leaves little padding. */
export const sceneBatchSize = ({ indices }: Pick<SceneSplit, 'indices'>): number =>
  Math.ceil(indices.length / Math.ceil(indices.length / largestBatch));

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
  const { inputShape, classCount } = detectionHeads(topology);
  const [height, width, channels] = inputShape;
  const refuse = (has: string, needs: string) =>
    new EspalierError('BAD_INPUT', `the ${what} does not fit the dataset: it ${has}, but the dataset ${needs}`, {
      hint: 'Take a network made for this dataset, or a dataset made for this network.',
      path: [what],
    });
  const side = location.imageSize ?? height;
  if (height !== side || width !== side || channels !== 3) {
    throw refuse(`takes ${shapeText(inputShape)}`, `gives pictures of ${shapeText([side, side, 3])}`);
  }
  const dataset = await openDetectionDataset({ ...location, imageSize: side }, options);
  if (classCount !== dataset.classes.length + 1) {
    throw refuse(`tells ${classCount - 1} classes and the background apart`, `has ${dataset.classes.length} classes`);
  }
  return dataset;
}
