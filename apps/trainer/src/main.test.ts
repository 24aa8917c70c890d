import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { MessageSchema, type DatasetLocation, type Job, type Message } from '@espalier/core';
import { digestOf } from '@espalier/core/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runTrainer, trainerArguments, type Ended } from '../test/child.ts';
import { curvesOf, smallTrainings } from '../test/train-job.ts';

let folder: string;
let dataset: DatasetLocation;
let trainJob: Awaited<ReturnType<typeof smallTrainings>>;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'trainer-'));
  trainJob = await smallTrainings(folder);
  ({ dataset } = trainJob('work'));
});
afterEach(() => rm(folder, { recursive: true }));

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

/** Kills when metrics are told for the n-th time. */
const atMetrics =
  (nth: number): Parameters<typeof runTrainer>[2] =>
  ({ type }, child, before) => {
    if (type === 'metrics' && before.filter((message) => message.type === 'metrics').length === nth - 1) child.kill('SIGKILL');
  };

/** Starting TensorFlow takes seconds on a busy machine, and some of these start it half a dozen times. */
const patienceMs = 240_000;

describe('a trainer process', { timeout: patienceMs }, () => {
  it('killed at any moment ends in the same bytes and the same points as one left alone', async () => {
    const undisturbed = await run(trainJob('undisturbed'));
    const moments: Parameters<typeof runTrainer>[2][] = [
      ({ type }, child) => void (type === 'hello' && child.kill('SIGKILL')),
      ({ type }, child) => void (type === 'checkpoint' && child.kill('SIGKILL')),
      atMetrics(2),
      atMetrics(3),
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
    expect(curvesOf([...heard, ...resumed.messages])).toEqual(curvesOf(undisturbed.messages));
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
    // On a busy machine there are words between that it is still starting.
    const ofTheWork = messages.filter((message) => message.type !== 'progress' || message.progress.silentSeconds === undefined);
    expect(ofTheWork.map(({ type }) => type)).toEqual(['hello', 'progress', 'done']);
    expect((await exited)[0]).toBe(0);
  });

  it('says what is wrong with a job, and ends with exit code 1', async () => {
    const lost = await run(trainJob('work', { dataset: { format: 'idx', path: path.join(folder, 'nowhere') } }));
    expect(lost.code).toBe(1);
    expect(last(lost)).toMatchObject({ type: 'failed', error: { code: 'BAD_DATASET', retryable: false }, step: null });
    const malformed = await runTrainer({ kind: 'train' }, path.join(folder, 'job.json'));
    expect(last(malformed)).toMatchObject({ type: 'failed', error: { code: 'BAD_INPUT' } });
  });

  it('names the step at which a loss stopped being a number for the second time', async () => {
    const { settings } = trainJob('work');
    const failed = await run(
      trainJob('work', { settings: { ...settings, learningRate: 1e30, schedule: { name: 'constant', warmupEpochs: 0 } } }),
    );
    const message = last(failed);
    expect(message).toMatchObject({ type: 'failed', error: { code: 'LOSS_NOT_FINITE' } });
    expect(message.type === 'failed' && message.step).toBeGreaterThan(0);
  });

  it('whose checkpoint finds no room keeps the one before, names the file, and goes on from there once there is room', async () => {
    const undisturbed = await run(trainJob('undisturbed'));
    const checkpoints = undisturbed.messages.flatMap((message) => (message.type === 'checkpoint' ? [message] : []));
    // Less than any of them: how long an epoch takes here must not decide whether one is written within it.
    const largestFileBytes = Math.min(...checkpoints.map(({ file }) => file.bytes)) - 512;
    const job = trainJob('full');
    const full = await runTrainer({ ...job, checkpointEverySeconds: 1000 }, path.join(folder, 'job.json'), atMetrics(3));
    expect(full.signal).toBe('SIGKILL');
    const stuck = await runTrainer(job, path.join(folder, 'job.json'), undefined, { largestFileBytes });
    expect(last(stuck)).toMatchObject({
      type: 'failed',
      error: {
        code: 'DISK_FULL',
        message: expect.stringMatching(/full\/checkpoint-\d+\.bin would be larger/) as string,
        hint: expect.stringContaining('ulimit -f') as string,
      },
    });
    const left = await readdir(path.join(folder, 'full'));
    expect(left.length).toBeGreaterThan(0);
    expect(left.filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(outputDigest(await run(job))).toBe(outputDigest(undisturbed));
  });

  it('whose memory for JavaScript is full says so', async () => {
    const huge = { ...trainJob('work'), junk: Array.from({ length: 3_000_000 }, () => []) };
    const failed = await runTrainer(huge, path.join(folder, 'job.json'), undefined, {
      env: { NODE_OPTIONS: '--max-old-space-size=60' },
    });
    expect(last(failed)).toMatchObject({
      type: 'failed',
      error: { code: 'OUT_OF_MEMORY', hint: expect.stringContaining('--max-old-space-size') as string },
    });
    expect(failed.code).toBe(1);
  });
});
