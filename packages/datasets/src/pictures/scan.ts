import { open } from 'node:fs/promises';
import path from 'node:path';
import { EspalierError, type Digest } from '@espalier/core';
import { digestOf } from '@espalier/core/node';
import { mapInParallel, type ReadingListener } from '../in-parallel.ts';
import { mostPixels, pictureFormats, readPictureHeader, type PictureFormat } from './decode.ts';
import { versionOf, type PictureFile } from './files.ts';
import { isWholeFile } from './whole.ts';

export interface ScannedPicture extends PictureFile {
  readonly digest: Digest;
}

const mostNamed = 5;

/**
 * Looks at every picture once: digest, size, kind. Pixels are not decoded, yet whatever the header and the length of a file give away is found here.
 * @param files relative to `folder`.
 * @throws EspalierError `BAD_DATASET` that names the first few files that are no whole pictures and says how many there are.
 */
export async function scanPictures(folder: string, files: readonly string[], heard?: ReadingListener): Promise<ScannedPicture[]> {
  const faults: { file: string; fault: string }[] = [];
  const scan = async (file: string): Promise<ScannedPicture | null> => {
    try {
      return await scanPicture(folder, file);
    } catch (error) {
      faults.push({ file, fault: error instanceof Error ? error.message.trim().split('\n')[0]! : String(error) });
      return null;
    }
  };
  const scanned = await mapInParallel(files, scan, heard);
  if (faults.length > 0) throw faultyPictures(faults);
  return scanned.filter((picture) => picture !== null);
}

/**
 * What this process found in a file before, by all that changes with its content: a pipeline opens its dataset for every stage, and reading ILSVRC-2012
 * anew each time would take longer than the stages.
 */
const found = new Map<string, { readonly version: string; readonly picture: ScannedPicture }>();

async function scanPicture(folder: string, file: string): Promise<ScannedPicture> {
  const place = path.join(folder, file);
  const handle = await open(place);
  try {
    const state = await handle.stat({ bigint: true });
    const version = [folder, state.ino, state.ctimeNs, versionOf(state)].join();
    const before = found.get(place);
    if (before?.version === version) return before.picture;
    const picture = await readPicture(file, await handle.readFile(), versionOf(state));
    found.set(place, { version, picture });
    return picture;
  } finally {
    await handle.close();
  }
}

async function readPicture(file: string, bytes: Uint8Array, version: string): Promise<ScannedPicture> {
  if (bytes.length === 0) throw new Error('is empty');
  const { format, height, width, grey } = await readPictureHeader(bytes);
  const known = pictureFormats.find((candidate): candidate is PictureFormat => candidate === format);
  if (known === undefined) throw new Error(`is ${format}, which is not taken`);
  if (height * width > mostPixels) throw new Error(`has ${height} × ${width} pixels`);
  if (!isWholeFile(known, bytes)) throw new Error(`is truncated: its ${format} data do not come to an end`);
  return { file, version, height, width, grey, digest: digestOf(bytes) };
}

function faultyPictures(faults: readonly { file: string; fault: string }[]): EspalierError {
  const sorted = faults.toSorted((a, b) => (a.file < b.file ? -1 : 1));
  const named = sorted.slice(0, mostNamed).map(({ file, fault }) => `${file}: ${fault}`);
  const others = faults.length > mostNamed ? `, and ${faults.length - mostNamed} more` : '';
  const are = faults.length === 1 ? 'a file is no whole picture' : `${faults.length} files are no whole pictures`;
  return new EspalierError('BAD_DATASET', `${are}: ${named.join('; ')}${others}`, {
    hint: `Pictures are ${pictureFormats.join(', ')}. Fetch these files again, or take them out of the dataset.`,
    path: ['dataset', sorted[0]!.file],
  });
}
