import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { MessageSchema, type DatasetLocation, type Job, type Message, type TrainJob } from '@espalier/core';
import { digestOf } from '@espalier/core/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runTrainer, trainerArguments, type Ended } from '../test/child.ts';
import { writeSmallDataset, writeSmallNetwork } from '../test/small-dataset.ts';

let folder: string;
let dataset: DatasetLocation;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'trainer-'));
  dataset = await writeSmallDataset(path.join(folder, 'data'));
  await writeSmallNetwork(path.join(folder, 'network.zip'));
});
afterEach(() => rm(folder, { recursive: true }));

const trainJob = (work: string, changes: Partial<TrainJob> = {}): TrainJob => ({
  kind: 'train',
  workDirectory: path.join(folder, work),
  seed: 5,
  network: { from: 'file', path: path.join(folder, 'network.zip') },
  dataset,
  settings: {
    epochs: 12,
    batchSize: 8,
    learningRate: 0.05,
    optimizer: { name: 'sgd' },
    momentum: 0.9,
    nesterov: false,
    weightDecay: 5e-4,
    schedule: { name: 'cosine', warmupEpochs: 1 },
    augmentation: { padCrop: 1, horizontalFlip: false },
    validationRatio: 0.1,
    labelSmoothing: 0,
    clipNorm: null,
    averaging: null,
    earlyStop: null,
  },
  distillation: null,
  series: 'train',
  checkpointEverySeconds: 0.02,
  resumeFrom: null,
  ...changes,
});

const run = (job: Job, onMessage?: Parameters<typeof runTrainer>[2]): Promise<Ended> =>
  runTrainer(job, path.join(folder, 'job.json'), onMessage);
const last = ({ messages }: Ended): Message => messages.at(-1)!;
const outputDigest = (ended: Ended): string => {
  const message = last(ended);
  if (message.type !== 'done') throw new Error(`the trainer ended with ${JSON.stringify(message)}`);
  return message.outputs[0]!.digest;
};
const outputPath = (ended: Ended): string => {
  const message = last(ended);
  return message.type === 'done' ? message.outputs[0]!.path : '';
};

/** Starting TensorFlow takes seconds on a busy machine, and some of these start it half a dozen times. */
const patienceMs = 240_000;

describe('a trainer process', { timeout: patienceMs }, () => {
  it('killed at any moment ends in the same bytes and the same points as one left alone', async () => {
    const undisturbed = await run(trainJob('undisturbed'));
    const moments: Parameters<typeof runTrainer>[2][] = [
      ({ type }, child) => void (type === 'hello' && child.kill('SIGKILL')),
      ({ type }, child) => void (type === 'checkpoint' && child.kill('SIGKILL')),
      ({ type }, child, before) =>
        void (type === 'checkpoint' && before.filter((message) => message.type === 'checkpoint').length === 4 && child.kill('SIGKILL')),
      ({ type }, child, before) =>
        void (type === 'metrics' && before.filter((message) => message.type === 'metrics').length === 3 && child.kill('SIGKILL')),
      // Between two messages, wherever that may be: most likely within a step or while a checkpoint is being written.
      ({ type }, child) => void (type === 'progress' && setTimeout(() => child.kill('SIGKILL'), 40)),
    ];
    const heard: Message[] = [];
    for (const moment of moments) {
      const killed = await run(trainJob('killed'), moment);
      expect(killed.signal).toBe('SIGKILL');
      heard.push(...killed.messages);
    }
    const resumed = await run(trainJob('killed'));
    expect(outputDigest(resumed)).toBe(outputDigest(undisturbed));
    expect(curves([...heard, ...resumed.messages])).toEqual(curves(undisturbed.messages));
    expect(digestOf(await readFile(outputPath(resumed)))).toBe(outputDigest(resumed));
  });

  it('goes on elsewhere from a checkpoint that it is given', async () => {
    const undisturbed = await run(trainJob('undisturbed'));
    let checkpoint = '';
    await run(trainJob('first'), (message, child) => {
      if (message.type === 'checkpoint' && message.step > 20) {
        checkpoint = message.file.path;
        child.kill('SIGKILL');
      }
    });
    const moved = path.join(folder, 'moved.bin');
    await writeFile(moved, await readFile(checkpoint));
    const resumed = await run(trainJob('second', { resumeFrom: moved }));
    expect(outputDigest(resumed)).toBe(outputDigest(undisturbed));
    expect(resumed.messages.some((message) => message.type === 'log' && /going on after step \d+/.test(message.line.text))).toBe(true);
  });

  it('told to stop leaves a checkpoint, says so and ends with exit code 0', async () => {
    const stopped = await run(trainJob('work'), ({ type }, child) => void (type === 'metrics' && child.kill('SIGTERM')));
    expect(stopped.code).toBe(0);
    expect(stopped.messages.slice(-2).map(({ type }) => type)).toEqual(['checkpoint', 'stopped']);
  });

  it('stops when the lifeline on its standard input ends', async () => {
    const orphan = await run(trainJob('work'), ({ type }, child) => void (type === 'metrics' && child.stdin?.end()));
    expect(orphan.code).toBe(0);
    expect(last(orphan).type).toBe('stopped');
  });

  it('stops when nobody listens any more', async () => {
    const job = trainJob('work', { settings: { ...trainJob('work').settings, epochs: 5000 } });
    const { code } = await run(job, ({ type }, child) => {
      if (type === 'metrics') (child.stdio[3] as { destroy?: () => void }).destroy?.();
    });
    expect(code).toBe(0);
  });

  it('speaks on standard output when it was given no other place', async () => {
    const file = path.join(folder, 'job.json');
    await writeFile(file, JSON.stringify({ kind: 'inspect-dataset', workDirectory: path.join(folder, 'work'), seed: 0, dataset }));
    const child = spawn(process.execPath, [...trainerArguments, file], { stdio: ['pipe', 'pipe', 'ignore'] });
    const exited = once(child, 'exit');
    const messages: Message[] = [];
    for await (const line of createInterface({ input: child.stdout })) messages.push(MessageSchema.parse(JSON.parse(line)));
    expect(messages.map(({ type }) => type)).toEqual(['hello', 'progress', 'done']);
    expect((await exited)[0]).toBe(0);
  });

  it('says what is wrong with a job, and ends with exit code 1', async () => {
    const lost = await run(trainJob('work', { dataset: { format: 'idx', path: path.join(folder, 'nowhere') } }));
    expect(lost.code).toBe(1);
    expect(last(lost)).toMatchObject({ type: 'failed', error: { code: 'BAD_DATASET', retryable: false }, step: null });
    const malformed = await runTrainer({ kind: 'train' }, path.join(folder, 'job.json'));
    expect(last(malformed)).toMatchObject({ type: 'failed', error: { code: 'BAD_INPUT' } });
  });

  it('names the step at which a loss stopped being a number', async () => {
    const { settings } = trainJob('work');
    const failed = await run(
      trainJob('work', { settings: { ...settings, learningRate: 1e30, schedule: { name: 'constant', warmupEpochs: 0 } } }),
    );
    const message = last(failed);
    expect(message).toMatchObject({ type: 'failed', error: { code: 'LOSS_NOT_FINITE' } });
    expect(message.type === 'failed' && message.step).toBeGreaterThan(0);
  });
});

/** The value of every point by series and step; told again, a point is replaced. */
function curves(messages: readonly Message[]): Map<string, number> {
  const points = messages.flatMap((message) => (message.type === 'metrics' ? message.points : []));
  return new Map(points.map(({ series, step, value }) => [`${series} ${step}`, value]));
}
