import type { Generator, RandomResizedCrop } from '@espalier/core';
import type { Crop, Size } from '../pictures/view.ts';

const attempts = 10;

/**
 * A crop of random area and proportions, to be resized to the network's input (Szegedy et al., "Going deeper with convolutions", 2015; drawn as torchvision's
 * RandomResizedCrop does): its share of the picture's area is uniform in [minimumArea, maximumArea], the logarithm of width : height uniform in that of
 * [3/4, 4/3]. Where ten draws do not fit, the largest centred crop whose proportions are in that range. Never less than a pixel.
 */
export function drawRandomResizedCrop(
  { height, width }: Size,
  { minimumArea, maximumArea }: RandomResizedCrop,
  generator: Generator,
): Crop {
  const logarithm = Math.log(4 / 3);
  for (let attempt = 0; attempt < attempts; attempt++) {
    const area = height * width * (minimumArea + (maximumArea - minimumArea) * generator.uniform());
    const proportions = Math.exp(logarithm * (2 * generator.uniform() - 1));
    const cropWidth = Math.round(Math.sqrt(area * proportions));
    const cropHeight = Math.round(Math.sqrt(area / proportions));
    if (cropWidth < 1 || cropHeight < 1 || cropWidth > width || cropHeight > height) continue;
    return {
      top: generator.integer(height - cropHeight + 1),
      left: generator.integer(width - cropWidth + 1),
      height: cropHeight,
      width: cropWidth,
    };
  }
  const cropWidth = Math.max(1, Math.min(width, Math.round((height * 4) / 3)));
  const cropHeight = Math.max(1, Math.min(height, Math.round((width * 4) / 3)));
  return {
    top: Math.floor((height - cropHeight) / 2),
    left: Math.floor((width - cropWidth) / 2),
    height: cropHeight,
    width: cropWidth,
  };
}
