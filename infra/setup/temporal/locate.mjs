import { accessSync, constants, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Temporal's command line, which holds its dev server (server 1.29.1). */
export const TEMPORAL_VERSION = '1.5.1';

const program = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

/** Where everything large lies that checkouts share: the native library, Temporal's program. */
export function defaultCache(env = process.env) {
  return env.ESPALIER_CACHE || path.join(env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'espalier');
}

/** Where setup puts the program that it got. @param {string} cache */
export function cachedTemporal(cache) {
  return path.join(cache, 'temporal', `${TEMPORAL_VERSION}-${process.platform}-${process.arch}`, program);
}

/**
 * The program to use: the one on the PATH, else the one that setup got.
 * @param {{cache: string, searchPath?: string}} places
 * @returns {string | undefined}
 */
export function findTemporal({ cache, searchPath = process.env.PATH ?? '' }) {
  const folders = searchPath.split(path.delimiter).filter((folder) => folder !== '');
  return [...folders.map((folder) => path.join(folder, program)), cachedTemporal(cache)].find(isExecutable);
}

/** @param {string} file */
export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
