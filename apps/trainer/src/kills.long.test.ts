import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createGenerator, type Message } from '@espalier/core';
import { expect, it, onTestFinished } from 'vitest';
import { runTrainer, type Ended } from '../test/child.ts';
import { curvesOf, smallTrainings } from '../test/train-job.ts';

const kills = 20;

/** Milliseconds from the first word of a trainer to its last. */
async function timed(run: (onMessage: (message: Message) => void) => Promise<Ended>): Promise<{ ended: Ended; tookMs: number }> {
  let startMs = 0;
  const ended = await run(({ type }) => void (type === 'hello' && (startMs = performance.now())));
  return { ended, tookMs: performance.now() - startMs };
}

const outputDigest = ({ messages }: Ended): string => {
  const last = messages.at(-1);
  if (last?.type !== 'done') throw new Error(`the trainer ended with ${JSON.stringify(last)}`);
  return last.outputs[0]!.digest;
};

it(`a training that is killed at ${kills} random moments ends in the same bytes and the same points`, { timeout: 1_800_000 }, async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'kills-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const trainJob = await smallTrainings(folder);
  const jobFile = path.join(folder, 'job.json');
  const { settings } = trainJob('any');
  const job = (work: string) => trainJob(work, { settings: { ...settings, epochs: 150 } });
  const { ended: undisturbed, tookMs } = await timed((onMessage) => runTrainer(job('undisturbed'), jobFile, onMessage));

  const moments = createGenerator(2, 'kills');
  const heard: Message[] = [];
  for (let kill = 0; kill < kills; kill++) {
    // So that the twenty of them together take about as long as the whole training.
    const afterMs = (moments.uniform() * 2 * tookMs) / kills;
    const killed = await runTrainer(job('killed'), jobFile, ({ type }, child) => {
      if (type === 'hello') setTimeout(() => child.kill('SIGKILL'), afterMs);
    });
    expect(killed.signal).toBe('SIGKILL');
    heard.push(...killed.messages);
  }
  const resumed = await runTrainer(job('killed'), jobFile);
  expect(outputDigest(resumed)).toBe(outputDigest(undisturbed));
  expect(curvesOf([...heard, ...resumed.messages])).toEqual(curvesOf(undisturbed.messages));
});
