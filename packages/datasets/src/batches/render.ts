import { changeColours } from '../augmentation/colour-jitter.ts';
import type { ImageView } from '../augmentation/draw.ts';
import { copyImage } from '../augmentation/window.ts';
import { inMemory, type Dataset, type ImageShape, type StoredImages } from '../dataset.ts';
import { resizePixels } from '../pictures/decode.ts';
import type { Crop, Size } from '../pictures/view.ts';

/**
 * `images` is [size, height, width, channels], normalised; `labels` is [size]. The first `count` of them are real, the rest padding; `examples` are the
 * places of the real ones in the stored pictures.
 */
export interface Batch {
  readonly images: Float32Array;
  readonly labels: Int32Array;
  readonly examples: Uint32Array;
  readonly size: number;
  readonly count: number;
}

export const sizeOf = (images: StoredImages, example: number, [height, width]: ImageShape): Size =>
  inMemory(images) ? { height, width } : images.files.sizeOf(example);

/**
 * Makes a batch of `size` of the given examples and views. Pictures from files are all decoded at once, in threads; those in memory are there at once.
 * @param table see `normalisationTable`.
 */
export async function renderBatch(
  { shape }: Pick<Dataset, 'shape'>,
  images: StoredImages,
  { examples, views }: { readonly examples: Uint32Array; readonly views: readonly ImageView[] },
  table: Float32Array,
  size: number,
): Promise<Batch> {
  const imageSize = shape[0] * shape[1] * shape[2];
  const batch = new Float32Array(size * imageSize);
  const labels = new Int32Array(size);
  const pending: Promise<void>[] = [];
  examples.forEach((example, place) => {
    labels[place] = images.labels[example]!;
    const view = views[place]!;
    if (inMemory(images) && isWhole(view.crop, shape) && view.colours.length === 0) {
      copyImage(images.pixels, example, shape, table, view.window, batch, place * imageSize);
    } else {
      const show = (pixels: Uint8Array): void => {
        changeColours(pixels, shape[2], view.colours);
        copyImage(pixels, 0, shape, table, view.window, batch, place * imageSize);
      };
      pending.push(pixelsOf(images, example, view.crop, shape).then(show));
    }
  });
  await Promise.all(pending);
  return { images: batch, labels, examples, size, count: examples.length };
}

/** A part of a picture at the shape that a network takes: [height, width, channels], one byte each, for the caller to keep. */
export function pixelsOf(images: StoredImages, example: number, crop: Crop, shape: ImageShape): Promise<Uint8Array> {
  if (!inMemory(images)) return images.files.decode(example, crop, shape);
  const imageSize = shape[0] * shape[1] * shape[2];
  const pixels = images.pixels.slice(example * imageSize, (example + 1) * imageSize);
  return isWhole(crop, shape) ? Promise.resolve(pixels) : resizePixels(pixels, shape, crop);
}

const isWhole = ({ top, left, height, width }: Crop, shape: ImageShape): boolean =>
  top === 0 && left === 0 && height === shape[0] && width === shape[1];
