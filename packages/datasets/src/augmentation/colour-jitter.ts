import type { ColourJitter, Generator } from '@espalier/core';

/** One of the four changes of colour, with the factor drawn for it; a hue is turned by `amount` of the circle. */
export interface ColourChange {
  readonly kind: 'brightness' | 'contrast' | 'saturation' | 'hue';
  readonly amount: number;
}

/** Rec. 601 luma, as in libraries for pictures: how bright red, green and blue look. */
const luma = [0.299, 0.587, 0.114] as const;

/**
 * The changes of one picture in a random order (as torchvision's ColorJitter): factors uniform in [max(0, 1 − strength), 1 + strength], the turn
 * of the hue uniform in ±strength. Changes of strength 0 are left out.
 */
export function drawColourJitter(strengths: ColourJitter, generator: Generator): ColourChange[] {
  const changes: ColourChange[] = (['brightness', 'contrast', 'saturation'] as const)
    .filter((kind) => strengths[kind] > 0)
    .map((kind) => {
      const least = Math.max(0, 1 - strengths[kind]);
      return { kind, amount: least + (1 + strengths[kind] - least) * generator.uniform() };
    });
  if (strengths.hue > 0) changes.push({ kind: 'hue', amount: strengths.hue * (2 * generator.uniform() - 1) });
  return generator.shuffle(changes);
}

/** Changes the colours of `pixels` [height · width, channels] in place. Grey pictures have neither saturation nor hue. */
export function changeColours(pixels: Uint8Array, channels: number, changes: readonly ColourChange[]): void {
  for (const { kind, amount } of changes) {
    if (kind === 'brightness') changeBytes(pixels, (value) => amount * value);
    else if (kind === 'contrast') contrast(pixels, channels, amount);
    else if (channels !== 3) continue;
    else if (kind === 'saturation') saturate(pixels, amount);
    else turnHue(pixels, amount);
  }
}

/** The same memory, in which a number that is stored is rounded and held between 0 and 255. */
const clamped = ({ buffer, byteOffset, length }: Uint8Array): Uint8ClampedArray => new Uint8ClampedArray(buffer, byteOffset, length);

/** A byte has 256 values: what becomes of each is computed once. */
export function changeBytes(pixels: Uint8Array, of: (value: number) => number): void {
  const table = Uint8ClampedArray.from({ length: 256 }, (_, value) => of(value));
  for (let index = 0; index < pixels.length; index++) pixels[index] = table[pixels[index]!]!;
}

/** Blends with the mean brightness of the picture. */
function contrast(pixels: Uint8Array, channels: number, factor: number): void {
  const mean = meanBrightness(pixels, channels);
  changeBytes(pixels, (value) => factor * value + (1 - factor) * mean);
}

/** Sums of bytes are whole numbers, so the result does not depend on the order of summation. */
function meanBrightness(pixels: Uint8Array, channels: number): number {
  const sums = [0, 0, 0];
  for (let index = 0; index < pixels.length; index++) sums[channels === 3 ? index % 3 : 0]! += pixels[index]!;
  const sum = channels === 3 ? luma[0] * sums[0]! + luma[1] * sums[1]! + luma[2] * sums[2]! : sums[0]! / channels;
  return (sum * channels) / pixels.length;
}

/** Blends each pixel with its own grey. */
function saturate(pixels: Uint8Array, factor: number): void {
  const changed = clamped(pixels);
  for (let index = 0; index < pixels.length; index += 3) {
    const [red, green, blue] = [pixels[index]!, pixels[index + 1]!, pixels[index + 2]!];
    const share = (1 - factor) * (luma[0] * red + luma[1] * green + luma[2] * blue);
    changed[index] = factor * red + share;
    changed[index + 1] = factor * green + share;
    changed[index + 2] = factor * blue + share;
  }
}

/**
 * Turns the hue of the HSV hexcone by `turn` of the circle; brightness (the largest channel) and saturation stay. In closed form (Smith 1978): each channel falls
 * from the largest value by a share of the chroma that depends on how far its own place on the circle is.
 */
export function turnHue(pixels: Uint8Array, turn: number): void {
  const changed = clamped(pixels);
  // In [0, 6), so that adding it to a sextant in [−1, 5] never leaves [−1, 11).
  const sextants = 6 * (turn - Math.floor(turn));
  for (let index = 0; index < pixels.length; index += 3) {
    const red = pixels[index]!;
    const green = pixels[index + 1]!;
    const blue = pixels[index + 2]!;
    const largest = Math.max(red, green, blue);
    const chroma = largest - Math.min(red, green, blue);
    if (chroma === 0) continue;
    const sextant = largest === red ? (green - blue) / chroma : largest === green ? 2 + (blue - red) / chroma : 4 + (red - green) / chroma;
    const hue = onCircle(sextant + sextants);
    changed[index] = largest - chroma * fallAt(onCircle(hue + 5));
    changed[index + 1] = largest - chroma * fallAt(onCircle(hue + 3));
    changed[index + 2] = largest - chroma * fallAt(onCircle(hue + 1));
  }
}

/** For −6 ≤ `sextants` < 12. A remainder does the same, several times slower. */
const onCircle = (sextants: number): number => (sextants < 0 ? sextants + 6 : sextants >= 6 ? sextants - 6 : sextants);

/** 0 at 0 and from 4 on, 1 from 1 to 3, straight in between. */
const fallAt = (distance: number): number => (distance >= 4 ? 0 : distance > 3 ? 4 - distance : distance < 1 ? distance : 1);
