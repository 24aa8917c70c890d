import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../fixtures/keras/', import.meta.url));

/** The path of a file that `make.py` in `fixtures/keras` has written. */
export const kerasFixture = (file: string): string => `${folder}${file}`;

/** The models that come with a picture and Keras's answer, as file names. */
export const answeredFixtures: readonly string[] = readdirSync(folder)
  .filter((file) => /\.(h5|keras)$/.test(file))
  .filter((file) => readdirSync(folder).includes(`${file.split('.')[0]}.answer.bin`))
  .sort();

/** A picture of `size` numbers and the outputs for it, one behind the other. */
export function kerasAnswer(file: string, size: number): { picture: Float32Array; answer: Float32Array } {
  const bytes = readFileSync(kerasFixture(`${file.split('.')[0]}.answer.bin`));
  const numbers = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  return { picture: numbers.slice(0, size), answer: numbers.slice(size) };
}
