import { readFile, rm } from 'node:fs/promises';
import { writeFileAtomically } from '@espalier/core/node';
import { z } from 'zod';
import { endGroup, hasCode, isAlive } from '../processes.ts';

const EntrySchema = z.object({ name: z.string(), pid: z.number().int(), started: z.string().nullable() });
export type LedgerEntry = z.infer<typeof EntrySchema>;

/** The processes that a start has begun, on disk: if that start is killed, the next one finds and ends them. */
export class Ledger {
  #entries: LedgerEntry[] = [];
  #written: Promise<void> = Promise.resolve();

  constructor(private readonly file: string) {}

  async add(entry: LedgerEntry): Promise<void> {
    this.#entries.push(entry);
    await this.#write();
  }

  async remove(pid: number): Promise<void> {
    this.#entries = this.#entries.filter((entry) => entry.pid !== pid);
    await this.#write();
  }

  /** One write after the other, each of the newest state. */
  #write(): Promise<void> {
    this.#written = this.#written.then(() => writeFileAtomically(this.file, JSON.stringify(this.#entries, null, 1)));
    return this.#written;
  }
}

/** Ends what an earlier start that was killed has left running. @returns the names of those */
export async function endLeftovers(file: string, graceMs = 8000): Promise<string[]> {
  const left = (await readLedger(file)).filter(isAlive);
  await Promise.all(left.map((entry) => endGroup(entry, graceMs)));
  await rm(file, { force: true });
  return left.map(({ name }) => name);
}

async function readLedger(file: string): Promise<LedgerEntry[]> {
  try {
    return z.array(EntrySchema).parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
