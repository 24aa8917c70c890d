import type { Generator, SceneAugmentation } from '@espalier/core';
import type { Size } from '../../pictures/view.ts';
import { intersectionOf, type Box, type LabelledBox } from '../box.ts';
import { drawDistortion, type Distortion } from './distort.ts';
import { drawExpansion } from './expand.ts';
import { drawOverlapCrop, hasCentreIn } from './overlap-crop.ts';

/** How one scene is shown: a window, which may reach beyond the picture, is resized to the network's input. */
export interface SceneView {
  /** In the picture's pixels, whole numbers. */
  readonly window: Box;
  readonly flipped: boolean;
  readonly distortion: Distortion | null;
}

/** The whole picture, resized without keeping its proportions: how SSD looks at pictures when it is judged. */
export const plainView = ({ height, width }: Size): SceneView => ({
  window: { left: 0, top: 0, right: width, bottom: height },
  flipped: false,
  distortion: null,
});

export function drawSceneView(augmentation: SceneAugmentation, size: Size, boxes: readonly Box[], generator: Generator): SceneView {
  const { photometricDistortion, largestExpansion, overlapCrop, horizontalFlip } = augmentation;
  const distortion = photometricDistortion ? drawDistortion(generator) : null;
  const frame = drawExpansion(size, largestExpansion, generator);
  const window = overlapCrop ? drawOverlapCrop(frame, boxes, generator).window : frame;
  return { window, flipped: horizontalFlip && generator.integer(2) === 1, distortion };
}

/**
 * The boxes as a view shows them, in shares of its height and width: those whose centre it shows, cut off at its edges, mirrored with it. All of them lie
 * in [0, 1] and have an area.
 */
export function boxesInView(boxes: readonly LabelledBox[], { window, flipped }: Pick<SceneView, 'window' | 'flipped'>): LabelledBox[] {
  const width = window.right - window.left;
  const height = window.bottom - window.top;
  return boxes
    .filter((box) => hasCentreIn(box, window))
    .map((box) => {
      const shown = intersectionOf(box, window);
      const left = (shown.left - window.left) / width;
      const right = (shown.right - window.left) / width;
      return {
        ...box,
        left: flipped ? 1 - right : left,
        right: flipped ? 1 - left : right,
        top: (shown.top - window.top) / height,
        bottom: (shown.bottom - window.top) / height,
      };
    });
}
