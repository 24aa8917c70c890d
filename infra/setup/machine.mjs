import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

const GIB = 2 ** 30;
/** The build of the portal takes up to 1.8 GB, TensorFlow and the servers beside it another. */
const LEAST_MEMORY = 3 * GIB;
/** npm packages 1.5 GB, TensorFlow 1.2 GB with its download, Temporal's build 2 GB. */
const FIRST_START_DISK = 6 * GIB;
const LATER_START_DISK = 0.5 * GIB;

/**
 * What this machine lacks, one line each.
 * @param {{checkout: string, cache: string, home: string, platform?: string, arch?: string, memory?: number, freeBytes?: (folder: string) => Promise<number>}} machine
 * @returns {Promise<string[]>}
 */
export async function lacking({
  checkout,
  cache,
  home,
  platform = process.platform,
  arch = process.arch,
  memory = usableMemory(),
  freeBytes = freeOn,
}) {
  const lines = [];
  if (!['linux', 'darwin'].includes(platform) || !['x64', 'arm64'].includes(arch))
    lines.push(
      `Espalier runs on Linux and macOS on x64 or arm64; this is ${platform} on ${arch}. On Windows use WSL 2: \`wsl --install\`.`,
    );
  if (memory < LEAST_MEMORY)
    lines.push(
      `Espalier needs ${LEAST_MEMORY / GIB} GB of memory; here are ${gigabytes(memory)} GB. Give the machine or the container more.`,
    );
  const installs = existsSync(path.join(checkout, 'node_modules')) ? LATER_START_DISK : FIRST_START_DISK;
  const needs = new Map([[existingParent(home), LATER_START_DISK]]);
  for (const folder of [checkout, existingParent(cache)]) needs.set(folder, installs);
  for (const [folder, needed] of needs) {
    const free = await freeBytes(folder);
    if (free < needed)
      lines.push(
        `${folder} needs ${needed / GIB} GB of free disk; there are ${gigabytes(free)} GB. Free some space, or choose other folders with ESPALIER_CACHE and ESPALIER_HOME.`,
      );
  }
  return lines;
}

/** Bytes of memory that this process may use: a container may have less than its machine. */
export function usableMemory() {
  const limit = process.constrainedMemory?.() ?? 0;
  return limit > 0 ? Math.min(limit, os.totalmem()) : os.totalmem();
}

async function freeOn(folder) {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function existingParent(folder) {
  return existsSync(folder) ? folder : existingParent(path.dirname(folder));
}

const gigabytes = (bytes) => (bytes / GIB).toFixed(1);
