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
    if (kind === 'brightness') brighten(pixels, amount);
    else if (kind === 'contrast') contrast(pixels, channels, amount);
    else if (channels !== 3) continue;
    else if (kind === 'saturation') saturate(pixels, amount);
    else turnHue(pixels, amount);
  }
}

/** Clamped to a byte and rounded to the nearest. */
const byte = (value: number): number => (value <= 0 ? 0 : value >= 255 ? 255 : Math.round(value));

export function brighten(pixels: Uint8Array, factor: number): void {
  for (let index = 0; index < pixels.length; index++) pixels[index] = byte(factor * pixels[index]!);
}

/** Blends with the mean brightness of the picture. */
export function contrast(pixels: Uint8Array, channels: number, factor: number): void {
  const mean = meanBrightness(pixels, channels);
  for (let index = 0; index < pixels.length; index++) pixels[index] = byte(factor * pixels[index]! + (1 - factor) * mean);
}

function meanBrightness(pixels: Uint8Array, channels: number): number {
  let sum = 0;
  for (let index = 0; index < pixels.length; index++)
    sum += (channels === 3 ? luma[(index % 3) as 0 | 1 | 2] : 1 / channels) * pixels[index]!;
  return (sum * channels) / pixels.length;
}

/** Blends each pixel with its own grey. */
export function saturate(pixels: Uint8Array, factor: number): void {
  for (let index = 0; index < pixels.length; index += 3) {
    const grey = luma[0] * pixels[index]! + luma[1] * pixels[index + 1]! + luma[2] * pixels[index + 2]!;
    for (let channel = index; channel < index + 3; channel++) pixels[channel] = byte(factor * pixels[channel]! + (1 - factor) * grey);
  }
}

/** Turns the hue of the HSV hexcone by `turn` of the circle; brightness (the largest channel) and saturation stay. */
export function turnHue(pixels: Uint8Array, turn: number): void {
  for (let index = 0; index < pixels.length; index += 3) {
    const [red, green, blue] = [pixels[index]!, pixels[index + 1]!, pixels[index + 2]!];
    const largest = Math.max(red, green, blue);
    const chroma = largest - Math.min(red, green, blue);
    if (chroma === 0) continue;
    const sextant = largest === red ? (green - blue) / chroma : largest === green ? 2 + (blue - red) / chroma : 4 + (red - green) / chroma;
    const hue = (((sextant + 6 * turn) % 6) + 6) % 6;
    // Smith 1978 in the closed form: each channel falls from the largest value by a share of the chroma that depends on its distance in hue.
    for (let channel = 0; channel < 3; channel++) {
      const distance = (hue + [5, 3, 1][channel]!) % 6;
      pixels[index + channel] = byte(largest - chroma * Math.max(0, Math.min(distance, 4 - distance, 1)));
    }
  }
}
