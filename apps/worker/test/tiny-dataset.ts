import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createGenerator } from '@espalier/core';
import { encodeIdx, idxFileNames } from '@espalier/datasets';

const side = 28;
const classes = 10;

/** Pictures of noise with a bright bar whose place is the label, as IDX files: small, the same every time, and learnable. */
export function writeTinyDataset(folder: string, { training, test }: { training: number; test: number }): void {
  const write = (name: string, shape: number[], values: Uint8Array): void =>
    writeFileSync(path.join(folder, name), encodeIdx({ shape, values }));
  for (const [split, count] of Object.entries({ training, test })) {
    const [images, labels] =
      split === 'training'
        ? [idxFileNames.trainingImages, idxFileNames.trainingLabels]
        : [idxFileNames.testImages, idxFileNames.testLabels];
    const generator = createGenerator(1, 'tiny-dataset', split);
    const pixels = new Uint8Array(count * side * side);
    for (let index = 0; index < pixels.length; index++) {
      const picture = Math.floor(index / (side * side));
      const row = Math.floor(index / side) % side;
      const onBar = Math.floor(row / 2.8) === picture % classes;
      pixels[index] = (onBar ? 150 : 0) + generator.integer(100);
    }
    write(images, [count, side, side], pixels);
    write(
      labels,
      [count],
      Uint8Array.from({ length: count }, (_, picture) => picture % classes),
    );
  }
}
