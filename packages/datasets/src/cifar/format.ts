import { EspalierError } from '@espalier/core';

/** CIFAR pictures (Krizhevsky 2009) have 32 × 32 pixels, and are stored plane by plane: red, green, blue. */
const side = 32;
const planeSize = side * side;
export const cifarShape = [side, side, 3] as const;
const pictureBytes = 3 * planeSize;

export interface CifarFile {
  /** [count, 32, 32, 3] */
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
  readonly count: number;
}

/** The labels before each picture: CIFAR-10 has one byte, CIFAR-100 a superclass and a class. */
export interface CifarLabels {
  readonly bytes: 1 | 2;
  /** Which of the bytes counts. */
  readonly used: 0 | 1;
  readonly classCount: number;
}

/**
 * The binary version's layout: records of the label bytes and 3,072 bytes of pixels, nothing before, between or behind them.
 * @throws EspalierError `BAD_DATASET`, naming `file` and what is wrong with it.
 */
export function decodeCifar(bytes: Uint8Array, file: string, { bytes: labelBytes, used, classCount }: CifarLabels): CifarFile {
  const recordBytes = labelBytes + pictureBytes;
  const refuse = (what: string) =>
    new EspalierError('BAD_DATASET', `${file} ${what}`, { hint: 'Fetch or unpack the file again.', path: ['dataset', file] });
  if (bytes.length === 0) throw refuse('is empty');
  if (bytes.length % recordBytes !== 0) {
    const whole = Math.floor(bytes.length / recordBytes);
    throw refuse(
      `is not a whole number of pictures: it has ${bytes.length} bytes, which are ${whole} records of ${recordBytes} and ${bytes.length % recordBytes} bytes more`,
    );
  }
  const count = bytes.length / recordBytes;
  const pixels = new Uint8Array(count * pictureBytes);
  const labels = new Uint8Array(count);
  for (let picture = 0; picture < count; picture++) {
    const record = picture * recordBytes;
    const label = bytes[record + used]!;
    if (label >= classCount) throw refuse(`has label ${label} at picture ${picture}; there are ${classCount} classes, counted from 0`);
    labels[picture] = label;
    const red = record + labelBytes;
    let write = picture * pictureBytes;
    for (let read = red; read < red + planeSize; read++) {
      pixels[write++] = bytes[read]!;
      pixels[write++] = bytes[read + planeSize]!;
      pixels[write++] = bytes[read + 2 * planeSize]!;
    }
  }
  return { pixels, labels, count };
}
