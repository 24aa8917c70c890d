import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { endGroup, endLeftovers, isAlive, noteOf, removePostgres, type ProcessNote } from '@espalier/infra';
import { z } from 'zod';

// Beside the one who reads it: whoever imports this package in another project sees it too.
declare module 'vitest' {
  export interface ProvidedContext {
    espalierTestRun: string;
  }
}

const PREFIX = 'espalier-test-';
const NoteSchema = z.object({ pid: z.number().int(), started: z.string().nullable() });

/**
 * What the servers of one test run share. They start when the first test asks for one, whichever process that runs in, and end with the run.
 */
export interface TestRun {
  readonly directory: string;
}

export const postgresDirectory = ({ directory }: TestRun): string => path.join(directory, 'postgres');
export const temporalNoteFile = ({ directory }: TestRun): string => path.join(directory, 'temporal.json');

export const portalsDirectory = ({ directory }: TestRun): string => path.join(directory, 'portals');

export async function beginTestRun(): Promise<TestRun> {
  await endAbandonedRuns();
  const directory = await mkdtemp(path.join(os.tmpdir(), PREFIX));
  // The database's own user must be able to walk through.
  await chmod(directory, 0o711);
  await writeFile(path.join(directory, 'owner.json'), JSON.stringify(noteOf(process.pid)));
  return { directory };
}

export async function endTestRun(run: TestRun): Promise<void> {
  const temporal = await readNote(temporalNoteFile(run));
  await Promise.all([temporal === undefined ? undefined : endGroup(temporal, 5000), removePostgres(postgresDirectory(run))]);
  await endPortals(portalsDirectory(run));
  await rm(run.directory, { recursive: true, force: true });
}

/** Those whose test was killed before it could stop them. */
async function endPortals(directory: string): Promise<void> {
  const homes = existsSync(directory) ? await readdir(directory) : [];
  for (const home of homes.map((name) => path.join(directory, name))) {
    await endLeftovers(path.join(home, 'processes.json'), 2000);
    await removePostgres(path.join(home, 'postgres'));
  }
}

/** Ends what test runs that were killed have left behind. */
async function endAbandonedRuns(): Promise<void> {
  for (const name of await readdir(os.tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const directory = path.join(os.tmpdir(), name);
    const owner = await readNote(path.join(directory, 'owner.json'));
    if (owner !== undefined && !isAlive(owner)) await endTestRun({ directory });
  }
}

export async function readNote(file: string): Promise<ProcessNote | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return undefined; // Not started, or removed by another run's sweep in the meantime.
  }
  return NoteSchema.parse(JSON.parse(text));
}
