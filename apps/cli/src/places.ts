import { closeSync, lstatSync, mkdirSync, openSync, rmdirSync, rmSync, statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { EspalierError } from '@espalier/core';
import { diskFull, isDiskFull } from '@espalier/core/node';

/**
 * Makes a folder, and those above it that there are not. Used instead of Node's recursive `mkdir`, which never comes to an end where the operating system
 * says ENOENT of a folder in one that is there, as it does below /proc. What is there already may be one in which nothing can be made, such as /dev/fd.
 * @param option the option by which it was named.
 * @throws EspalierError BAD_INPUT, naming the folder and the reason, where it can't be made; DISK_FULL.
 */
export function makeFolder(folder: string, option: string): void {
  made(folder, option, { isTried: false });
}

/** Throws as `makeFolder` where nothing can be written in a folder, and leaves everything as it was: a check before work whose end is to be written. */
export function checkFolder(folder: string, option: string): void {
  remove(made(folder, option, { isTried: true }));
}

/** The same for a file, which is replaced as a whole: in the place of a pipe or a device it would end that. */
export function checkFile(file: string, option: string): void {
  const there = factsOf(file);
  if (there !== null && !there.isFile()) {
    const what = there.isDirectory() ? 'a folder' : 'no ordinary file';
    throw new EspalierError('BAD_INPUT', `${file} is ${what}, but a file is to be written`, { hint: 'Name a file.', path: [option] });
  }
  checkFolder(path.dirname(path.resolve(file)), option);
}

/** The same for a network, which the ending of its name makes a file or a folder. Throws BAD_INPUT also for an opset of what is no ONNX file. */
export async function checkNetworkPlace(place: string, { opset }: { readonly opset?: number }): Promise<void> {
  const { formatOfPath } = await import('@espalier/formats');
  const { name, layout, title } = formatOfPath(place);
  if (opset !== undefined && name !== 'onnx') {
    throw new EspalierError('BAD_INPUT', `${place} would be ${title}, which has no opset`, {
      hint: 'Leave out --opset, or name a file that ends in .onnx.',
      path: ['opset'],
    });
  }
  return layout === 'file' ? checkFile(place, 'out') : checkFolder(networkFolder(place), 'out');
}

/** A network in a folder may be named by its model.json as well. */
export const networkFolder = (place: string): string => (path.basename(place) === 'model.json' ? path.dirname(place) : place);

/** The folders that were not there, the outermost first. Whether something can be written in them is tried, or not. */
function made(folder: string, option: string, { isTried }: { readonly isTried: boolean }): string[] {
  const place = path.resolve(folder);
  const folders: string[] = [];
  try {
    makeAll(place, folders);
    if (isTried) tryWriting(place);
    return folders;
  } catch (cause) {
    const reason = reasonOf(codeOf(cause), nearest(place));
    remove(folders);
    if (isDiskFull(cause)) throw diskFull(folder, cause);
    if (reason === null) throw cause;
    const hint = 'Name a folder that may be written.';
    throw new EspalierError('BAD_INPUT', `the folder ${folder} can't be written: ${reason}`, { hint, path: [option], cause });
  }
}

/** Only writing says for sure: rights know nothing of file systems that are read-only or not made for files. */
function tryWriting(folder: string): void {
  const probe = path.join(folder, `.espalier-${process.pid}`);
  closeSync(openSync(probe, 'w'));
  rmSync(probe);
}

function makeAll(folder: string, made: string[]): void {
  if (isFolder(folder)) return;
  try {
    mkdirSync(folder);
    made.push(folder);
  } catch (error) {
    if (isFolder(folder)) return;
    const parent = path.dirname(folder);
    if (codeOf(error) !== 'ENOENT' || isFolder(parent)) throw error;
    makeAll(parent, made);
    makeAll(folder, made);
  }
}

/** Folders into which somebody else has put something meanwhile stay. */
function remove(made: readonly string[]): void {
  for (const folder of made.toReversed()) {
    try {
      rmdirSync(folder);
    } catch {
      return;
    }
  }
}

/** What the operating system means, of the last folder on the way that is there; null for what is no fault of the path. */
function reasonOf(code: string | undefined, there: string): string | null {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return `writing in ${there} is not allowed (${code})`;
    case 'EROFS':
      return `${there} is on a file system that is read-only (${code})`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `${there} is not a folder (${code})`;
    case 'ENOENT':
      return `nothing can be made in ${there} (${code})`;
    case 'ENAMETOOLONG':
    case 'ELOOP':
    case 'EINVAL':
      return `that is no path here (${code})`;
    default:
      return null;
  }
}

function nearest(place: string): string {
  try {
    lstatSync(place);
    return place;
  } catch {
    const parent = path.dirname(place);
    return parent === place ? place : nearest(parent);
  }
}

/** Null for what is not there, or can't be looked at. */
function factsOf(place: string): Stats | null {
  try {
    return statSync(place);
  } catch {
    return null;
  }
}

const isFolder = (place: string): boolean => factsOf(place)?.isDirectory() ?? false;

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
