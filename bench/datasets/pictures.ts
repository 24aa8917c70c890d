import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createGenerator } from '@espalier/core';
import sharp from 'sharp';

/** The size of most pictures of ILSVRC-2012. */
const height = 375;
const width = 500;

/** Writes `count` JPEG pictures of 500 × 375, half of them in either of two class folders: noise over a gradient, about 90 kB each. */
export async function writePictures(folder: string, count: number): Promise<void> {
  for (const name of ['even', 'odd']) mkdirSync(path.join(folder, name), { recursive: true });
  for (let number = 0; number < count; number++) {
    const generator = createGenerator(1, 'bench', number);
    const pixels = new Uint8Array(height * width * 3);
    for (let index = 0; index < pixels.length; index++) pixels[index] = ((index / 3 / width) * 255) / height / 2 + generator.integer(96);
    const file = path.join(folder, number % 2 === 0 ? 'even' : 'odd', `${number}.jpg`);
    writeFileSync(
      file,
      await sharp(pixels, { raw: { height, width, channels: 3 } })
        .jpeg({ quality: 85 })
        .toBuffer(),
    );
  }
}
