import { createGenerator } from '@espalier/core';

/**
 * A copy of `bytes` damaged in one of the ways in which files are: cut off, with a few bytes changed, runs of zeros or ones, or a number replaced by a
 * huge one, as an attacker would. The same seed damages alike.
 */
export function damaged(bytes: Uint8Array, seed: number): Uint8Array {
  const generator = createGenerator(seed, 'damage');
  const copy = bytes.slice();
  const places = Array.from({ length: 1 + generator.integer(8) }, () => generator.integer(copy.length));
  switch (generator.integer(4)) {
    case 0:
      return copy.slice(0, places[0]);
    case 1:
      for (const place of places) copy[place] = generator.integer(256);
      return copy;
    case 2:
      for (const place of places) copy.fill(generator.integer(2) * 0xff, place, place + 1 + generator.integer(8));
      return copy;
    default: {
      const view = new DataView(copy.buffer);
      const numbers = [0, 1, 0x7fffffff, 0xfffffff0, 0xffffffff];
      for (const place of places)
        view.setUint32(Math.min(place - (place % 4), copy.length - 4), numbers[generator.integer(numbers.length)]!, true);
      return copy;
    }
  }
}

/** The path to every value inside `value`. */
export function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inside = Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key]));
  return path.length === 0 ? inside : [path, ...inside];
}

/** Puts `value` into the place of another, in `within` itself. */
export function replaceAt(within: object, [key, ...rest]: readonly string[], value: unknown): void {
  if (key === undefined) return;
  if (rest.length === 0) Object.assign(within, { [key]: value });
  else replaceAt(Reflect.get(within, key) as object, rest, value);
}
