import { elementCount } from '@espalier/network';
import { badArtifact } from '../faults.ts';
import type { Reading } from '../format.ts';
import { bytesOfType, toFloat32 } from '../weight-values.ts';
import type { Hdf5Thread } from './hdf5/hdf5-thread.ts';
import type { Hdf5Dataset } from './hdf5/messages.ts';
import type { KerasWeight, LayerWeights } from './model.ts';

const mebibyte = 2 ** 20;
/** Beyond the larger of these, a file claims numbers that it does not hold: a compressed or unwritten dataset may say any size. */
const largestClaim = (fileSize: number): number => Math.max(512 * mebibyte, 4 * fileSize);

/**
 * Fetches the values of each layer's datasets, as float32. Throws BAD_ARTIFACT naming the dataset that is of another type, lies in another file,
 * or with the others is larger than the file could hold.
 */
export async function loadWeights(
  thread: Hdf5Thread,
  datasets: ReadonlyMap<string, readonly Hdf5Dataset[]>,
  fileSize: number,
  reading: Reading,
): Promise<ReadonlyMap<string, LayerWeights>> {
  const all = [...datasets.values()].flat();
  for (const dataset of all) refuseUnreadable(dataset);
  const claimed = all.reduce((bytes, { shape, valueSize }) => bytes + elementCount(shape) * valueSize, 0);
  if (claimed > largestClaim(fileSize))
    throw badArtifact(
      `the weights claim ${claimed} bytes, in a file of ${fileSize}`,
      ['model_weights'],
      'Save the model again, without compression.',
    );
  const loaded = new Map<string, LayerWeights>();
  const widened = new Map<string, number>();
  for (const [layer, ofLayer] of datasets) {
    const weights: KerasWeight[] = [];
    for (const { path, shape, type } of ofLayer) {
      weights.push({ shape, values: toFloat32(path, type, await thread.ask({ task: 'read', path })) });
      if (type !== 'float32') widened.set(type, (widened.get(type) ?? 0) + 1);
    }
    loaded.set(layer, weights);
  }
  for (const [type, count] of widened) reading.warn(`${count} weights are ${type} in the file; as float32 each is the same number.`);
  return loaded;
}

function refuseUnreadable({ path, type, valueSize, isElsewhere }: Hdf5Dataset): void {
  if (isElsewhere) throw badArtifact(`weight ${path} lies in another file`, ['weights', path], 'Save the model into one file.');
  if (bytesOfType[type] !== valueSize)
    throw badArtifact(`weight ${path} is ${type}, not float32`, ['weights', path], 'Save the model with float32 weights.');
}
