import type SharpFactory from 'sharp';
import type { Sharp } from 'sharp';
import type { ImageShape } from '../dataset.ts';
import type { Crop, Size } from './view.ts';

type SharpModule = typeof SharpFactory;

/** The libraries behind sharp are only loaded where a picture is decoded. */
let loaded: SharpModule | null = null;

async function loadSharp(): Promise<SharpModule> {
  const { default: sharp } = await import('sharp');
  // The cache knows files by name: it would give the old picture of a file that has changed, and keep memory for pictures that are seen once.
  sharp.cache(false);
  loaded = sharp;
  return sharp;
}

/**
 * Refused beyond this many pixels: a file of a few kilobytes can claim to hold as many as it likes.
 * The largest picture of ILSVRC-2012 has about 20 million.
 */
export const mostPixels = 100_000_000;

/** The formats that are taken, by what the file holds, whatever its name. Of a moving picture the first frame is taken. */
export const pictureFormats = ['jpeg', 'png', 'webp', 'gif'] as const;
export type PictureFormat = (typeof pictureFormats)[number];

export interface PictureHeader extends Size {
  /** As the decoder calls it, whether it is taken or not. */
  readonly format: string;
  readonly grey: boolean;
}

/**
 * What the beginning of a file says, with the size as looked at: EXIF orientations are applied.
 * @throws Error of the decoder for what is no picture.
 */
export async function readPictureHeader(bytes: Uint8Array): Promise<PictureHeader> {
  const sharp = loaded ?? (await loadSharp());
  const { format, autoOrient, space } = await sharp(bytes, { limitInputPixels: mostPixels }).metadata();
  return { format, height: autoOrient.height, width: autoOrient.width, grey: space === 'b-w' || space === 'grey16' };
}

/**
 * A part of a picture file, resized to [height, width, channels], one byte a sample. EXIF orientation is applied; grey becomes colour or the other way
 * round as `channels` (1 or 3) says; CMYK and 16-bit samples become 8-bit sRGB; what is transparent is laid over black.
 *
 * Once sharp is loaded the work is handed to its threads before this returns: whoever blocks the event loop afterwards does not hold it up.
 * @throws Error of the decoder for a file that is damaged, even where it could be read in part.
 */
export async function decodePicture(file: string | Uint8Array, crop: Crop, shape: ImageShape): Promise<Uint8Array> {
  const sharp = loaded ?? (await loadSharp());
  const decoder = sharp(file, { failOn: 'error', limitInputPixels: mostPixels, sequentialRead: true }).autoOrient();
  return rawPixels(cropAndResize(decoder.flatten({ background: '#000' }), crop, shape), shape);
}

/** A whole picture file at its own size, as `decodePicture` otherwise does. */
export async function decodeWholePicture(file: string | Uint8Array, size: Size, channels: number): Promise<Uint8Array> {
  return decodePicture(file, { top: 0, left: 0, ...size }, [size.height, size.width, channels]);
}

/** A part of the pixels of a picture [height, width, channels], resized to the shape of the whole. */
export async function resizePixels(pixels: Uint8Array, shape: ImageShape, crop: Crop, target: ImageShape = shape): Promise<Uint8Array> {
  const sharp = loaded ?? (await loadSharp());
  const [height, width, channels] = shape;
  if (channels !== 1 && channels !== 3) throw new RangeError(`a picture has 1 or 3 channels, but got ${channels}`);
  return rawPixels(cropAndResize(sharp(pixels, { raw: { height, width, channels } }), crop, target), target);
}

/** Resizing is bilinear, widened where it makes smaller so that no pixel is passed over. */
function cropAndResize(picture: Sharp, { top, left, height, width }: Crop, [targetHeight, targetWidth]: ImageShape): Sharp {
  const cut = picture.extract({ top, left, height, width });
  if (height === targetHeight && width === targetWidth) return cut;
  return cut.resize({ height: targetHeight, width: targetWidth, fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false });
}

async function rawPixels(picture: Sharp, [height, width, channels]: ImageShape): Promise<Uint8Array> {
  const { data, info } = await picture
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.height !== height || info.width !== width || info.channels !== channels)
    throw new Error(`the decoder gave ${info.height} × ${info.width} × ${info.channels}`);
  return data;
}

/** A JPEG file of pixels [height, width, 1 or 3]. */
export async function encodeJpeg(pixels: Uint8Array, [height, width, channels]: ImageShape, quality = 90): Promise<Uint8Array> {
  const sharp = loaded ?? (await loadSharp());
  return sharp(pixels, { raw: { height, width, channels: channels as 1 | 3 } })
    .jpeg({ quality })
    .toBuffer();
}
