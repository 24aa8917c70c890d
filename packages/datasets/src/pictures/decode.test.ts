import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { gradient, plain } from '../../test/pictures.ts';
import { decodeWholePicture, readPictureHeader, resizePixels } from './decode.ts';
import { evaluationCrop } from './view.ts';

const whole = async (file: Uint8Array, channels = 3): Promise<number[]> => {
  const { height, width } = await readPictureHeader(file);
  return [...(await decodeWholePicture(file, { height, width }, channels))];
};
const near = (found: readonly number[], expected: readonly number[], by: number): void => {
  expect(found).toHaveLength(expected.length);
  found.forEach((value, index) => expect(Math.abs(value - expected[index]!)).toBeLessThanOrEqual(by));
};

describe('a picture file', () => {
  it('is turned as its EXIF orientation says, size and pixels', async () => {
    // 2 × 1 pixels, red above blue, stored lying on its side: orientation 6 asks to be turned clockwise.
    const stored = Uint8Array.of(255, 0, 0, 0, 0, 255);
    const file = await sharp(stored, { raw: { width: 2, height: 1, channels: 3 } })
      .withMetadata({ orientation: 6 })
      .png()
      .toBuffer();
    expect(await readPictureHeader(file)).toMatchObject({ height: 2, width: 1 });
    expect(await whole(file)).toEqual([255, 0, 0, 0, 0, 255]);
    const mirrored = await sharp(stored, { raw: { width: 2, height: 1, channels: 3 } })
      .withMetadata({ orientation: 2 })
      .png()
      .toBuffer();
    expect(await whole(mirrored)).toEqual([0, 0, 255, 255, 0, 0]);
  });

  it('in grey becomes colour, and in colour grey', async () => {
    const grey = await sharp(Uint8Array.of(0, 77, 255, 128), { raw: { width: 2, height: 2, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    expect((await readPictureHeader(grey)).grey).toBe(true);
    expect(await whole(grey)).toEqual([0, 0, 0, 77, 77, 77, 255, 255, 255, 128, 128, 128]);
    expect(await whole(grey, 1)).toEqual([0, 77, 255, 128]);
    expect(await whole(await plain(1, 1, [90, 90, 90]).png().toBuffer(), 1)).toEqual([90]);
  });

  it('of CMYK becomes red, green and blue', async () => {
    const file = await plain(4, 4, [255, 255, 255]).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    expect((await sharp(file).metadata()).space).toBe('cmyk');
    // No ink is white, but for the rounding of two conversions.
    near(
      await whole(file),
      Array.from({ length: 48 }, () => 255),
      2,
    );
  });

  it('of 16 bits keeps the upper eight', async () => {
    const samples = Uint16Array.of(0, 0x8000, 0xffff, 0x0101, 0x0202, 0xea60);
    const file = await sharp(samples, { raw: { width: 2, height: 1, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    expect((await sharp(file).metadata()).depth).toBe('ushort');
    expect(await whole(file)).toEqual([0, 0x80, 0xff, 1, 2, 0xea]);
    const grey = await sharp(Uint16Array.of(0, 0x8000), { raw: { width: 2, height: 1, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    expect(await readPictureHeader(grey)).toMatchObject({ grey: true });
    expect(await whole(grey)).toEqual([0, 0, 0, 0x80, 0x80, 0x80]);
  });

  it('with transparent parts lies over black', async () => {
    const pixels = Uint8Array.of(200, 100, 50, 255, 200, 100, 50, 0);
    const file = await sharp(pixels, { raw: { width: 2, height: 1, channels: 4 } })
      .png()
      .toBuffer();
    expect(await whole(file)).toEqual([200, 100, 50, 0, 0, 0]);
  });

  it('that moves gives its first frame', async () => {
    const frames = Uint8Array.from([255, 0, 0, 0, 0, 255].flatMap((value, index) => (index % 3 === 2 ? [value, 255] : [value])));
    const file = await sharp(frames, { raw: { width: 1, height: 2, channels: 4, pageHeight: 1 } })
      .gif()
      .toBuffer();
    expect((await sharp(file).metadata()).pages).toBe(2);
    expect(await whole(file)).toEqual([255, 0, 0]);
  });

  it('of WebP is taken', async () => {
    expect(await whole(await plain(1, 2, [10, 20, 30]).webp({ lossless: true }).toBuffer())).toEqual([10, 20, 30, 10, 20, 30]);
  });

  it('that is damaged is refused, though a part of it could be read', async () => {
    const file = await gradient(64, 64).jpeg().toBuffer();
    await expect(decodeWholePicture(file.subarray(0, file.length / 2), { height: 64, width: 64 }, 3)).rejects.toThrow(/premature end/);
  });

  it('of one pixel fills whatever it is resized to', async () => {
    const pixels = await resizePixels(Uint8Array.of(9, 8, 7), [1, 1, 3], { top: 0, left: 0, height: 1, width: 1 }, [3, 2, 3]);
    expect([...pixels]).toEqual(Array.from({ length: 6 }, () => [9, 8, 7]).flat());
  });
});

describe('what evaluation looks at', () => {
  it('is everything of a picture that has the right size', () => {
    expect(evaluationCrop({ height: 32, width: 32 }, { height: 32, width: 32 })).toEqual({ top: 0, left: 0, height: 32, width: 32 });
  });

  it('is the part that resizing the shorter side to 256 and cropping 224 leaves', () => {
    // 500 × 375 becomes 341.33 × 256; the crop takes 58.67 on either side and 16 above and below, which are 85.9 and 23.4 pixels of the picture.
    expect(evaluationCrop({ height: 375, width: 500 }, { height: 224, width: 224 })).toEqual({
      top: 23,
      left: 86,
      height: 328,
      width: 328,
    });
  });

  it('is never less than a pixel', () => {
    expect(evaluationCrop({ height: 1, width: 900 }, { height: 224, width: 224 })).toMatchObject({ top: 0, height: 1, width: 1 });
  });
});
