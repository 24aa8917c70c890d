import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BegunStage } from '@espalier/database';
import { FolderStorage } from '@espalier/storage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FinalFailure } from './failure.ts';
import { placeCheckpoint, refuseHopeless } from './resume.ts';

let folder: string;
let storage: FolderStorage;
let digests: string[];
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'espalier-resume-'));
  storage = new FolderStorage(path.join(folder, 'artifacts'));
  const put = (text: string) => storage.put({ bytes: new TextEncoder().encode(text) }, 'checkpoint');
  digests = [(await put('newest')).digest, (await put('older')).digest, (await put('told')).digest];
});
afterAll(() => rmSync(folder, { recursive: true }));

const begun = (noted: readonly string[], more: Partial<BegunStage> = {}): BegunStage => ({
  attempt: { runId: 'r', stage: { name: 'train', round: 0 }, fence: 2, number: 2 },
  checkpoints: noted.map((digest, index) => ({ digest, epoch: 1, step: 10 - index, attempt: 1 })),
  attemptsWithoutProgress: 0,
  lastError: null,
  ...more,
});

async function placed(noted: readonly string[], heartbeat: unknown = undefined): Promise<{ text: string | null; damaged: string[] }> {
  const damaged: string[] = [];
  const onDamaged = ({ code }: { code: string }): void => void damaged.push(code);
  const checkpoint = await placeCheckpoint(begun(noted), heartbeat, { storage, folder, onDamaged });
  return { text: checkpoint === null ? null : readFileSync(checkpoint.file, 'utf8'), damaged };
}

describe('an attempt goes on', () => {
  it('from the newest checkpoint that is noted', async () => {
    const [newest = '', older = ''] = digests;
    expect(await placed([newest, older])).toEqual({ text: 'newest', damaged: [] });
    expect(await placed([newest, older], { checkpoint: older })).toEqual({ text: 'newest', damaged: [] });
  });

  it('from the one that the last heartbeat told of, when the database knows nothing of it', async () => {
    const [newest = '', , told] = digests;
    expect(await placed([newest], { checkpoint: told })).toEqual({ text: 'told', damaged: [] });
    expect(await placed([newest], 'no heartbeat of ours')).toEqual({ text: 'newest', damaged: [] });
  });

  it('from the one before, when the newest is lost or damaged, and anew when there is none', async () => {
    const [newest = '', older = ''] = digests;
    expect(await placed(['0'.repeat(64), older])).toEqual({ text: 'older', damaged: ['NOT_FOUND'] });
    const place = path.join(storage.folder, newest.slice(0, 2), newest.slice(2));
    chmodSync(place, 0o644);
    writeFileSync(place, 'newesT');
    expect(await placed([newest, older])).toEqual({ text: 'older', damaged: ['BAD_ARTIFACT'] });
    expect(await placed([newest])).toEqual({ text: null, damaged: ['BAD_ARTIFACT'] });
    expect(await placed([])).toEqual({ text: null, damaged: [] });
  });
});

describe('a stage whose attempts come no further', () => {
  const lastError = { code: 'OUT_OF_MEMORY' as const, message: 'batch 4096 is too much', path: [], retryable: true };

  it('is tried five times', () => {
    expect(() => refuseHopeless(begun([], { attemptsWithoutProgress: 4 }))).not.toThrow();
    expect(() => refuseHopeless(begun([], { attemptsWithoutProgress: 5 }))).toThrow(FinalFailure);
  });

  it('is refused with the last word of an attempt, or by the silence of all', () => {
    const told = begun([], { attemptsWithoutProgress: 5, lastError });
    expect(() => refuseHopeless(told)).toThrow('5 attempts in a row came no further. The last one said: batch 4096 is too much');
    expect(() => refuseHopeless(begun([], { attemptsWithoutProgress: 6 }))).toThrow('their workers died');
  });
});
