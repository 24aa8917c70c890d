import { mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { EspalierError } from '@espalier/core';
import { diskFull, isDiskFull } from '@espalier/core/node';
import { badArtifact, badPath } from './faults.ts';

/** Twice the largest network of the zoo (VGG-19 has 575 MB). Beyond it, one process could not hold file and weights within reason. */
export const largestFile = 2 ** 30;

/** Whether there is a folder at `place`. Throws NOT_FOUND where there is nothing. */
export async function isFolder(place: string): Promise<boolean> {
  try {
    return (await stat(place)).isDirectory();
  } catch (error) {
    throw explained(error, place);
  }
}

/** The size of a file. Throws NOT_FOUND, BAD_INPUT for what is no file (a pipe would be waited for for ever), BAD_ARTIFACT beyond `largest` bytes. */
export async function sizeWithin(place: string, largest: number): Promise<number> {
  try {
    const facts = await stat(place);
    if (!facts.isFile()) throw badPath(`${place} is not a file`, place, 'Name the file that holds the network.');
    if (facts.size <= largest) return facts.size;
    throw badArtifact(
      `${place} has ${facts.size} bytes; at most ${largest} are read`,
      [place],
      'Check that this is the network and nothing else.',
    );
  } catch (error) {
    throw explained(error, place);
  }
}

/** The bytes of a file, under the conditions of `sizeWithin`. */
export async function readFileWithin(place: string, largest: number): Promise<Uint8Array> {
  await sizeWithin(place, largest);
  try {
    return await readFile(place);
  } catch (error) {
    throw explained(error, place);
  }
}

/**
 * The path of `name` in `folder`, as far as that stays inside the folder, whatever links there are. Throws BAD_ARTIFACT for one that leaves it, or
 * is not there.
 */
export async function placeInside(folder: string, name: string): Promise<string> {
  const inside = path.relative(folder, path.resolve(folder, name));
  const leaves = (relative: string) => relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative);
  const hint = 'Copy the file into the folder, and name it there.';
  if (name.includes('\0') || path.isAbsolute(name) || leaves(inside))
    throw badArtifact(`${JSON.stringify(name)} is named as a file of the network, but lies outside its folder`, [name], hint);
  const place = path.join(folder, inside);
  try {
    const real = await realpath(place);
    if (leaves(path.relative(await realpath(folder), real))) throw badArtifact(`${name} is a link that leaves the folder`, [name], hint);
    return place;
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR'))
      throw badArtifact(`${name} is missing`, [name], 'Copy every file that model.json names.', error);
    throw explained(error, place);
  }
}

/**
 * Writes files into a folder, which is made if there is none. A reader finds the old files, or the new ones, or (for the blink of an eye) no
 * network: the first of `files` is the one that names the others, and appears last. A failure before that leaves the old ones as they were.
 */
export async function writeFolder(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const names = [...files.keys()];
  const part = (name: string) => path.join(folder, `.${name}.${process.pid}.part`);
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, bytes] of files) await writeAndFlush(part(name), bytes);
    await rm(path.join(folder, names[0]!), { force: true });
    for (const name of names.reverse()) await rename(part(name), path.join(folder, name));
  } catch (error) {
    for (const name of names) await rm(part(name), { force: true }).catch(() => undefined);
    throw explained(error, folder);
  }
}

async function writeAndFlush(place: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(place, 'w');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const isSystemError = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);

/** What the operating system said, as far as the caller can mend it. */
export function explained(error: unknown, place: string): unknown {
  if (error instanceof EspalierError) return error;
  if (isDiskFull(error)) return diskFull(place, error);
  if (isSystemError(error, 'ENOENT'))
    return new EspalierError('NOT_FOUND', `there is nothing at ${place}`, { hint: 'Check the path.', path: [place], cause: error });
  if (isSystemError(error, 'EACCES', 'EPERM', 'EROFS'))
    return badPath(`${place} may not be read or written`, place, 'Check who may.', error);
  if (isSystemError(error, 'EISDIR')) return badPath(`${place} is a folder`, place, 'Name a file.', error);
  if (isSystemError(error, 'ENOTDIR', 'EEXIST'))
    return badPath(`${place} leads through a file as if it were a folder`, place, 'Name another folder.', error);
  if (isSystemError(error, 'ENAMETOOLONG', 'ELOOP', 'ERR_INVALID_ARG_VALUE'))
    return badPath(`${place} is not a usable path`, place, 'Check the path.', error);
  return error;
}
