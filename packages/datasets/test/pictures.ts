import sharp, { type Sharp } from 'sharp';

/** A picture of [height, width] in one colour. */
export const plain = (height: number, width: number, [r, g, b]: readonly [number, number, number] = [200, 100, 50]): Sharp =>
  sharp({ create: { height, width, channels: 3, background: { r, g, b } } });

export const plainPng = (height: number, width: number, colour?: readonly [number, number, number]): Promise<Buffer> =>
  plain(height, width, colour).png().toBuffer();

export const plainJpeg = (height: number, width: number, colour?: readonly [number, number, number]): Promise<Buffer> =>
  plain(height, width, colour).jpeg().toBuffer();

/** A picture that is different everywhere, so that no compressor makes it tiny. */
export function gradient(height: number, width: number): Sharp {
  const pixels = Uint8Array.from({ length: height * width * 3 }, (_, index) => (index * 7 + (index >> 5) * 13) % 256);
  return sharp(pixels, { raw: { height, width, channels: 3 } });
}
