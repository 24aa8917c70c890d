import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { digestOf } from '@espalier/core/node';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CheckpointFolder } from './folder.ts';
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from './format.ts';

const job = '1'.repeat(64);
const tally = { steps: 3, examples: 384, lossSum: 1.25, measures: { correct: 300 } };
const verdict = { measure: 'accuracy', value: 0.5, others: { loss: 1.2 } };
const batches = { epoch: 1, index: 256, shuffle: [1, 2, 3, 4], augment: [5, 6, 7, 4294967295] } satisfies Checkpoint['batches'];
const checkpointAt = (step: number, values: number[] = [1.5, -0, 3e-39]): Checkpoint => ({
  job,
  step,
  batches,
  sinceMetric: tally,
  sinceEpoch: tally,
  lastEpoch: { trainingLoss: 0.1, validation: verdict },
  variables: [
    { name: 'conv/kernel', values: Float32Array.from(values) },
    { name: 'conv/kernel/velocity', values: new Float32Array(0) },
  ],
  lowered: null,
  epochStart: null,
  best: null,
});

/** With everything that a checkpoint may have. */
const richCheckpoint = (step: number, values: number[]): Checkpoint => ({
  ...checkpointAt(step, values),
  lowered: { atStep: step + 7, toStep: step, factor: 0.1 },
  epochStart: {
    step,
    batches,
    sinceMetric: tally,
    lastEpoch: null,
    variables: [{ name: 'conv/kernel', values: Float32Array.from(values, (value) => value / 3) }],
  },
  best: { step, verdict, epochsSince: 2, weights: [{ name: 'conv/kernel', values: Float32Array.of(1, 2) }] },
});
const encoded = (checkpoint: Checkpoint): Buffer => Buffer.concat([...encodeCheckpoint(checkpoint)]);

describe('a checkpoint file', () => {
  it('gives back every bit that was put in', () => {
    fc.assert(
      fc.property(fc.float32Array(), fc.nat(), (values, step) => {
        const checkpoint = richCheckpoint(step, [...values]);
        const restored = decodeCheckpoint(encoded(checkpoint), 'file');
        expect(restored).toEqual(checkpoint);
        expect(encoded(restored)).toEqual(encoded(checkpoint));
      }),
    );
  });

  it('is refused when any one byte is changed, or the end is missing', () => {
    const whole = encoded(checkpointAt(7));
    for (let index = 0; index < whole.length; index++) {
      const spoilt = Uint8Array.from(whole);
      spoilt[index]! ^= 0x10;
      expect(() => decodeCheckpoint(spoilt, 'checkpoint-7')).toThrow(expect.objectContaining({ code: 'BAD_CHECKPOINT' }));
      expect(() => decodeCheckpoint(whole.subarray(0, index), 'checkpoint-7')).toThrow(/checkpoint-7/);
    }
  });
});

describe('a folder of checkpoints', () => {
  let parent: string;
  let folder: CheckpointFolder;
  let warnings: string[];
  const warn = (text: string): void => void warnings.push(text);
  beforeEach(async () => {
    parent = await mkdtemp(path.join(os.tmpdir(), 'checkpoints-'));
    folder = new CheckpointFolder(parent);
    warnings = [];
  });
  afterEach(() => rm(parent, { recursive: true }));

  it('keeps the newest two', async () => {
    for (const step of [8, 9, 10]) {
      await folder.save(checkpointAt(step));
      await folder.sweep();
    }
    expect((await readdir(parent)).sort()).toEqual(['checkpoint-000000009.bin', 'checkpoint-000000010.bin']);
  });

  it('clears away what a killed process left half written, before it writes anything itself', async () => {
    await writeFile(path.join(parent, '.checkpoint-000000008.bin.4711.part'), 'half');
    await writeFile(path.join(parent, '.checkpoint-000000008-lowered.bin.4711.part'), 'half');
    await writeFile(path.join(parent, 'network.zip'), 'another file');
    expect(await folder.furthest(job, null, warn)).toBeNull();
    expect(await readdir(parent)).toEqual(['network.zip']);
  });

  it('has none to begin with', async () => {
    expect(await folder.furthest(job, null, warn)).toBeNull();
    expect(warnings).toEqual([]);
  });

  it('falls back to the one before a damaged one, and says so', async () => {
    await folder.save(checkpointAt(5));
    const { path: newest } = await folder.save(checkpointAt(6));
    await writeFile(newest, (await readFile(newest)).subarray(0, 100));
    expect((await folder.furthest(job, null, warn))?.step).toBe(5);
    expect(warnings).toEqual([expect.stringContaining('checkpoint-000000006.bin is damaged')]);
  });

  it('takes the further one of a given checkpoint and its own', async () => {
    const elsewhere = path.join(parent, 'given');
    await writeFile(elsewhere, encoded(checkpointAt(9)));
    await folder.save(checkpointAt(5));
    expect((await folder.furthest(job, elsewhere, warn))?.step).toBe(9);
    await folder.save(checkpointAt(12));
    expect((await folder.furthest(job, elsewhere, warn))?.step).toBe(12);
  });

  it('takes one that went back for further than any that did not, wherever it lies, and keeps it', async () => {
    await folder.save(checkpointAt(5));
    await folder.save(checkpointAt(9));
    const { path: elsewhere } = await folder.save(checkpointAt(12));
    const wentBackTo = (step: number): Checkpoint => ({ ...checkpointAt(step), lowered: { atStep: 13, toStep: 5, factor: 0.1 } });
    const back = await folder.save(wentBackTo(5));
    expect((await folder.furthest(job, back.path, warn))?.lowered).not.toBeNull();
    expect((await folder.furthest(job, elsewhere, warn))?.lowered).not.toBeNull();
    await folder.sweep();
    expect((await readdir(parent)).sort()).toEqual(['checkpoint-000000005-lowered.bin', 'checkpoint-000000012.bin']);
    await folder.save(wentBackTo(6));
    await folder.sweep();
    expect((await readdir(parent)).sort()).toEqual(['checkpoint-000000005-lowered.bin', 'checkpoint-000000006-lowered.bin']);
    expect((await folder.furthest(job, null, warn))?.step).toBe(6);
  });

  it('tells the digest and size of what it wrote', async () => {
    const { path: file, digest, bytes } = await folder.save(checkpointAt(5));
    const written = await readFile(file);
    expect([digest, bytes]).toEqual([digestOf(written), written.length]);
  });

  it('passes over a given one that is damaged or gone', async () => {
    await folder.save(checkpointAt(5));
    const elsewhere = path.join(parent, 'given');
    await writeFile(elsewhere, 'nothing of use');
    expect((await folder.furthest(job, elsewhere, warn))?.step).toBe(5);
    expect((await folder.furthest(job, path.join(parent, 'gone'), warn))?.step).toBe(5);
    expect(warnings).toHaveLength(2);
  });

  it('clears those of another job away once it has one of its own, however far they had come', async () => {
    for (const step of [4, 8, 12]) await folder.save({ ...checkpointAt(step), job: '2'.repeat(64) });
    const another = new CheckpointFolder(parent);
    expect(await another.furthest(job, null, warn)).toBeNull();
    expect(warnings).toHaveLength(3);
    expect(await readdir(parent)).toHaveLength(3);
    await another.save(checkpointAt(4));
    await another.sweep();
    expect(await readdir(parent)).toEqual(['checkpoint-000000004.bin']);
    expect((await another.furthest(job, null, warn))?.step).toBe(4);
  });

  it('passes over one of another job, but refuses to be given one', async () => {
    const { path: file } = await folder.save({ ...checkpointAt(5), job: '2'.repeat(64) });
    expect(await folder.furthest(job, null, warn)).toBeNull();
    await expect(folder.furthest(job, file, warn)).rejects.toThrow(expect.objectContaining({ code: 'BAD_CHECKPOINT' }));
  });
});
