import type { ImageShape, Normalisation } from '../dataset.ts';
import { copyImage } from '../augmentation/window.ts';
import { areaOf, intersectionOf, type LabelledBox } from './box.ts';
import type { DetectionDataset, Scenes } from './dataset.ts';
import { boxesInView, type SceneView } from './augmentation/view.ts';
import { distort } from './augmentation/distort.ts';

/**
 * `images` is [size, height, width, channels], normalised; `boxes` of each, in shares of height and width. The first `count` are real, the rest padding.
 * `examples` are their places in the stored scenes.
 */
export interface SceneBatch {
  readonly images: Float32Array;
  readonly boxes: readonly (readonly LabelledBox[])[];
  readonly examples: Uint32Array;
  readonly size: number;
  readonly count: number;
}

/** Makes a batch of the given scenes and views; all pictures are decoded at once, in threads. @param table see `normalisationTable`. */
export async function renderScenes(
  { shape, normalisation }: Pick<DetectionDataset, 'shape' | 'normalisation'>,
  scenes: Scenes,
  { examples, views }: { readonly examples: Uint32Array; readonly views: readonly SceneView[] },
  table: Float32Array,
  size: number,
): Promise<SceneBatch> {
  const imageSize = shape[0] * shape[1] * shape[2];
  const images = new Float32Array(size * imageSize);
  await Promise.all(
    Array.from(examples, async (example, place) => {
      const view = views[place]!;
      const pixels = await renderScene(scenes, example, view, shape, normalisation);
      copyImage(pixels, 0, shape, table, { down: 0, right: 0, flipped: view.flipped }, images, place * imageSize);
    }),
  );
  const boxes = Array.from(examples, (example, place) => boxesInView(scenes.boxes[example]!, views[place]!));
  return { images, boxes, examples, size, count: examples.length };
}

/** One scene as its view shows it, but for the flip: [height, width, channels]. What lies outside the picture has the dataset's mean colour. */
async function renderScene(
  { files }: Scenes,
  example: number,
  { window, distortion }: SceneView,
  shape: ImageShape,
  { mean }: Normalisation,
): Promise<Uint8Array> {
  const { height, width } = files.sizeOf(example);
  const shown = intersectionOf(window, { left: 0, top: 0, right: width, bottom: height });
  const ground = Uint8Array.from(mean, (value) => Math.round(255 * value));
  const pixels = new Uint8Array(shape[0] * shape[1] * shape[2]);
  for (let index = 0; index < pixels.length; index++) pixels[index] = ground[index % ground.length]!;
  if (areaOf(shown) === 0) return pixels;
  // Where the shown part of the picture begins and ends in the output, never less than a pixel wide.
  const along = (from: number, to: number, start: number, end: number, target: number): [number, number] => {
    const scale = target / (end - start);
    const first = Math.min(target - 1, Math.round((from - start) * scale));
    return [first, Math.max(first + 1, Math.round((to - start) * scale))];
  };
  const [left, right] = along(shown.left, shown.right, window.left, window.right, shape[1]);
  const [top, bottom] = along(shown.top, shown.bottom, window.top, window.bottom, shape[0]);
  const crop = { top: shown.top, left: shown.left, height: shown.bottom - shown.top, width: shown.right - shown.left };
  const channels = shape[2];
  const part = await files.decode(example, crop, [bottom - top, right - left, channels]);
  if (distortion !== null && channels === 3) distort(part, distortion);
  const rowBytes = (right - left) * channels;
  for (let row = top; row < bottom; row++)
    pixels.set(part.subarray((row - top) * rowBytes, (row - top + 1) * rowBytes), (row * shape[1] + left) * channels);
  return pixels;
}
