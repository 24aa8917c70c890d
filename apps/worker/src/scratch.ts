import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * A fresh folder of this process alone below `workDirectory`. Folders of workers that were killed are removed: their trainers ended with
 * them, and their checkpoints are in the storage.
 */
export async function claimScratch(workDirectory: string, pid: number): Promise<string> {
  await mkdir(workDirectory, { recursive: true });
  for (const name of await readdir(workDirectory)) {
    const owner = /^worker-(\d+)$/.exec(name)?.[1];
    if (owner !== undefined && (Number(owner) === pid || !isAlive(Number(owner)))) {
      await rm(path.join(workDirectory, name), { recursive: true, force: true });
    }
  }
  const scratch = path.join(workDirectory, `worker-${pid}`);
  await mkdir(scratch);
  return scratch;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, but belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
