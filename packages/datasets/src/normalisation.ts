import type { LabelledImages, Normalisation } from './dataset.ts';

/** Channels that never change would be divided by zero; they are left as large as they are. */
const smallestDeviation = 1e-6;

/** Sums of bytes and of their squares are exact integers up to 2⁵³, so the result does not depend on any order of summation. */
export function measureNormalisation(images: LabelledImages, channels: number): Normalisation {
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
