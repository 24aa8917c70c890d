import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `work` while holding `file` as a lock against other processes of this machine. A lock whose holder is dead is taken over.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {(holder: number) => void} onWait called once when another process holds the lock
 * @returns {Promise<T>}
 */
export async function withLock(file, work, onWait) {
  await mkdir(path.dirname(file), { recursive: true });
  const own = JSON.stringify({ pid: process.pid, started: startOf(process.pid), token: randomUUID() });
  let told = false;
  while (!(await acquire(file, own))) {
    const content = await readFile(file, 'utf8').catch(ignoreMissing);
    if (content === undefined) continue;
    const holder = parse(content);
    if (holder === undefined ? await isStale(file) : !isAlive(holder)) {
      await removeDead(file, content);
      continue;
    }
    if (!told && holder !== undefined) onWait(holder.pid);
    told = true;
    await sleep(300);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** A lock appears with its content in one step (link of a finished file), so that a reader never sees half of it. */
async function acquire(file, content) {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, content);
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Of several waiters that saw the same dead holder, one moves the lock away; one that moved a fresh lock by mistake puts it back. */
async function removeDead(file, content) {
  const moved = `${file}.${randomUUID()}`;
  try {
    await rename(file, moved);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  if ((await readFile(moved, 'utf8')) !== content) await link(moved, file).catch(ignoreExisting);
  await rm(moved, { force: true });
}

/** A lock that is not ours to read (an interrupted copy, an older format): nobody can hold it knowingly. */
async function isStale(file) {
  await sleep(1000);
  return parse((await readFile(file, 'utf8').catch(ignoreMissing)) ?? '') === undefined;
}

function parse(content) {
  try {
    const holder = JSON.parse(content);
    return Number.isInteger(holder.pid) ? holder : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, started }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  const now = startOf(pid);
  return now !== 'zombie' && (started === undefined || now === undefined || now === started);
}

/** When a process started, in the kernel's ticks: tells it from a later one of the same number. Undefined where there is no /proc. */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'zombie' : fields[19];
  } catch {
    return undefined;
  }
}

function ignoreMissing(error) {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}

function ignoreExisting(error) {
  if (error.code !== 'EEXIST') throw error;
}
