import type { Generator, TrainingSettings } from '@espalier/core';
import type { ImageShape } from '../dataset.ts';
import { evaluationCrop, type Crop, type Size } from '../pictures/view.ts';
import { drawColourJitter, type ColourChange } from './colour-jitter.ts';
import { drawRandomResizedCrop } from './random-resized-crop.ts';
import type { ImageWindow } from './window.ts';

export type Augmentation = TrainingSettings['augmentation'];

/** How one picture is looked at: the part that is resized to the network's input, then its colours, then where the input's window lies on it. */
export interface ImageView {
  readonly crop: Crop;
  readonly colours: readonly ColourChange[];
  readonly window: ImageWindow;
}

const unmoved: ImageWindow = { down: 0, right: 0, flipped: false };

export const evaluationView = (size: Size, [height, width]: ImageShape): ImageView => ({
  crop: evaluationCrop(size, { height, width }),
  colours: [],
  window: unmoved,
});

/**
 * Draws how a picture of `size` is shown in training. Each kind of augmentation draws only where a recipe asks for it, in this order, so that
 * a recipe shows the same pictures whatever kinds are added after it was written.
 */
export function drawView(augmentation: Augmentation, size: Size, shape: ImageShape, generator: Generator): ImageView {
  const window = drawWindow(augmentation, generator);
  const { randomResizedCrop, colourJitter } = augmentation;
  return {
    window,
    crop:
      randomResizedCrop === undefined
        ? evaluationCrop(size, { height: shape[0], width: shape[1] })
        : drawRandomResizedCrop(size, randomResizedCrop, generator),
    colours: colourJitter === undefined ? [] : drawColourJitter(colourJitter, generator),
  };
}

function drawWindow({ padCrop, horizontalFlip }: Augmentation, generator: Generator): ImageWindow {
  const shift = (): number => (padCrop === 0 ? 0 : generator.integer(2 * padCrop + 1) - padCrop);
  return { down: shift(), right: shift(), flipped: horizontalFlip && generator.integer(2) === 1 };
}
