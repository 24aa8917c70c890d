import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { encodeNetwork } from '@espalier/formats';
import { initialiseWeights, TopologyBuilder } from '@espalier/zoo';
import { expect, it, onTestFinished } from 'vitest';
import { runTrainer } from '../test/child.ts';
import { smallTrainings } from '../test/train-job.ts';

/** About 1.5 · 10¹¹ multiply-accumulates of a picture's forward pass, so that a step on 64 of them takes far longer than a trainer may take to go. */
function slowNetwork(): Uint8Array {
  const net = new TopologyBuilder('slow', [8, 8, 1]);
  let maps = net.conv(net.input, 'first', 1024);
  for (let index = 0; index < 12; index++) maps = net.relu(net.conv(maps, `conv_${index}`, 1024), `relu_${index}`);
  return encodeNetwork(initialiseWeights(net.build(net.dense(net.globalAveragePool(maps, 'pool'), 'classifier', 3)), 1));
}

it(
  'a trainer that is told to stop in the middle of a long call speaks all the while, and goes without ending it',
  { timeout: 1_800_000 },
  async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'stop-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const trainJob = await smallTrainings(folder);
    await writeFile(path.join(folder, 'network.zip'), slowNetwork());
    const { settings } = trainJob('any');
    const silentFor: number[] = [];
    const stopped = await runTrainer(
      trainJob('work', { settings: { ...settings, batchSize: 64, epochs: 1000 } }),
      path.join(folder, 'job.json'),
      (message, child) => {
        if (message.type !== 'progress' || message.progress.silentSeconds === undefined) return;
        silentFor.push(message.progress.silentSeconds);
        // It works on a step: nothing else after the start is silent for so long, on a busy machine either.
        if (message.progress.phase !== 'starting' && message.progress.silentSeconds >= 25) child.kill('SIGTERM');
      },
    );
    // No step has ended since, or it would have left a checkpoint and exit code 0.
    expect(stopped.messages.at(-1)).toEqual({ type: 'stopped' });
    expect(stopped.signal).toBe('SIGKILL');
    // A word at least every five seconds, each counting from the last that the work itself said.
    for (const [index, seconds] of silentFor.entries()) {
      const before = index === 0 || seconds < silentFor[index - 1]! ? 0 : silentFor[index - 1]!;
      expect(seconds - before).toBeLessThan(20);
    }
  },
);
