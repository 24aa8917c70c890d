/** Height and width in pixels, as a picture is looked at: its EXIF orientation applied. */
export interface Size {
  readonly height: number;
  readonly width: number;
}

/** Whole pixels of a picture; `top` and `left` count from 0. */
export interface Crop extends Size {
  readonly top: number;
  readonly left: number;
}

export const wholeOf = ({ height, width }: Size): Crop => ({ top: 0, left: 0, height, width });

/**
 * The share of a picture's shorter side that evaluation looks at: 224 of 256, as papers on ImageNet do (resize, then crop the centre).
 */
const centreShare = 224 / 256;

/**
 * What evaluation looks at of a picture of `size`, to be resized to `target`: all of a picture that has that size already; otherwise the largest
 * centred part with the target's proportions, less the border that resizing to 256 and cropping 224 would cut off. Never less than a pixel.
 */
export function evaluationCrop(size: Size, target: Size): Crop {
  if (size.height === target.height && size.width === target.width) return wholeOf(size);
  const scale = centreShare * Math.min(size.height / target.height, size.width / target.width);
  const height = Math.max(1, Math.round(scale * target.height));
  const width = Math.max(1, Math.round(scale * target.width));
  return { top: Math.floor((size.height - height) / 2), left: Math.floor((size.width - width) / 2), height, width };
}
