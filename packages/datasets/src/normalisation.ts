import { inMemory, type LabelledFiles, type LabelledImages, type Normalisation, type StoredDataset } from './dataset.ts';
import { mapInParallel, type ReadingListener } from './in-parallel.ts';
import { evaluationCrop } from './pictures/view.ts';
import { stratifiedSubset } from './subset.ts';

/** Channels that never change would be divided by zero; they are left as large as they are. */
const smallestDeviation = 1e-6;

/** Means of a channel over so many pictures are as good as over a million; the error is that of the mean of means. */
const measuredFiles = 1000;

/**
 * Over every training picture in memory; of pictures in files over at most 1,000, a stratified subset that the dataset's digest fixes, as evaluation
 * looks at them.
 */
export async function normalisationOf(
  dataset: Pick<StoredDataset, 'digest' | 'classes' | 'shape' | 'training'>,
  heard?: ReadingListener,
): Promise<Normalisation> {
  const { training, shape } = dataset;
  return measureNormalisation(inMemory(training) ? training : await sample(dataset, training, heard), shape[2]);
}

async function sample(
  { digest, classes, shape }: Pick<StoredDataset, 'digest' | 'classes' | 'shape'>,
  images: LabelledFiles,
  heard?: ReadingListener,
): Promise<Pick<LabelledImages, 'pixels'>> {
  const everything = Uint32Array.from({ length: images.count }, (_, index) => index);
  const { indices } = stratifiedSubset({ digest, classes }, { name: 'training', images, indices: everything }, measuredFiles);
  const imageSize = shape[0] * shape[1] * shape[2];
  const pixels = new Uint8Array(indices.length * imageSize);
  const [height, width] = shape;
  const copy = async (index: number, place: number): Promise<void> => {
    pixels.set(await images.files.decode(index, evaluationCrop(images.files.sizeOf(index), { height, width }), shape), place * imageSize);
  };
  await mapInParallel([...indices], copy, heard);
  return { pixels };
}

/** Sums of bytes and of their squares are exact integers up to 2⁵³, so the result does not depend on any order of summation. */
export function measureNormalisation(images: Pick<LabelledImages, 'pixels'>, channels: number): Normalisation {
  const sums = new Float64Array(channels);
  const squareSums = new Float64Array(channels);
  for (let index = 0; index < images.pixels.length; index++) {
    const value = images.pixels[index]!;
    const channel = index % channels;
    sums[channel]! += value;
    squareSums[channel]! += value * value;
  }
  const count = images.pixels.length / channels;
  const mean = Array.from(sums, (sum) => sum / count / 255);
  const standardDeviation = Array.from(squareSums, (squares, channel) => {
    const deviation = Math.sqrt(Math.max(0, squares / count / 255 ** 2 - mean[channel]! ** 2));
    return deviation < smallestDeviation ? 1 : deviation;
  });
  return { mean, standardDeviation };
}

/** `table[channel * 256 + byte]` is the normalised value of a byte in a channel. */
export function normalisationTable({ mean, standardDeviation }: Normalisation): Float32Array {
  return Float32Array.from({ length: mean.length * 256 }, (_, index) => {
    const channel = index >> 8;
    return ((index & 255) / 255 - mean[channel]!) / standardDeviation[channel]!;
  });
}
