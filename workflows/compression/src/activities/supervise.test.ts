import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EspalierError, type Job, type Message } from '@espalier/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { superviseTrainer, type Supervision } from './supervise.ts';
import type { TrainerCommand } from './trainer-process.ts';

const trainer = path.join(import.meta.dirname, '../../test/fixtures/scripted-trainer.mjs');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'espalier-supervise-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const command = (fault: string, stepMs = 1): TrainerCommand => ({
  command: process.execPath,
  args: [trainer, folder, fault],
  env: { ...process.env, SCRIPTED_STEP_MS: String(stepMs) },
  cwd: folder,
});

function trainJob(resumeFrom: string | null = null): string {
  const job: Job = {
    kind: 'train',
    seed: 1,
    workDirectory: path.join(folder, 'work'),
    network: { from: 'zoo', name: 'resnet20', inputShape: [4, 4, 1], classes: 2 },
    dataset: { format: 'idx', path: folder },
    settings: {
      epochs: 3,
      batchSize: 8,
      learningRate: 0.1,
      optimizer: { name: 'sgd' },
      momentum: 0.9,
      nesterov: false,
      weightDecay: 0,
      schedule: { name: 'constant', warmupEpochs: 0 },
      augmentation: { padCrop: 0, horizontalFlip: false },
      validationRatio: 0.1,
      labelSmoothing: 0,
      clipNorm: null,
      averaging: null,
      sparsity: null,
      earlyStop: null,
    },
    distillation: null,
    series: 'train',
    checkpointEverySeconds: 20,
    resumeFrom,
  };
  const file = path.join(folder, 'job.json');
  writeFileSync(file, JSON.stringify(job));
  return file;
}

function supervise(from: TrainerCommand, options: Partial<Supervision> = {}) {
  const heard: Message[] = [];
  const outcome = superviseTrainer(from, {
    jobFile: trainJob(),
    onMessage: async (message) => void heard.push(message),
    onText: () => undefined,
    stop: new AbortController().signal,
    stopGraceMs: () => 5000,
    silenceLimitMs: 30_000,
    stuckLimitMs: 60_000,
    ...options,
  });
  return { heard, outcome };
}

const failure = (outcome: Promise<unknown>): Promise<EspalierError> =>
  outcome.then(
    () => expect.fail('the trainer should not have come through'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(EspalierError);
      return error as EspalierError;
    },
  );

describe('a supervised trainer', () => {
  it('is heard in order, and its last message is the outcome', async () => {
    const { heard, outcome } = supervise(command('none'));
    const done = await outcome;
    expect(done.outputs.map(({ name }) => name)).toEqual(['network']);
    expect(heard[0]).toMatchObject({ type: 'hello' });
    const steps = heard.flatMap((message) => (message.type === 'metrics' ? message.points.map(({ step }) => step) : []));
    expect(steps).toEqual(Array.from({ length: 15 }, (_, index) => index + 1));
  });

  it('that crashes is reported with its exit code and its last words', async () => {
    const { code, message, hint } = await failure(supervise(command('train:crash@4')).outcome);
    expect(code).toBe('TRAINER_CRASHED');
    expect(message).toContain('exit code 7');
    expect(message).toContain('std::bad_alloc');
    expect(hint).toContain('Memory ran out');
  });

  it.each(['SIGSEGV', 'SIGBUS', 'SIGABRT'] as const)(
    'that native code ends by %s says so, and where it was last heard of',
    async (signal) => {
      let pid = 0;
      const { outcome } = supervise(command('none', 20), {
        onMessage: async (message) => {
          if (message.type === 'hello') pid = message.pid;
          if (message.type === 'progress' && (message.progress.step ?? 0) >= 4) process.kill(pid, signal);
        },
      });
      const { code, message, hint } = await failure(outcome);
      expect(code).toBe('TRAINER_CRASHED');
      expect(message).toMatch(new RegExp(`ended by ${signal} at step \\d+`));
      expect(hint).toContain('native code');
    },
  );

  it('that is killed by the system says that memory may have run out', async () => {
    const { code, message, hint } = await failure(supervise(command('train:die-by-kill@4')).outcome);
    expect(code).toBe('TRAINER_CRASHED');
    expect(message).toContain('SIGKILL');
    expect(hint).toContain('Memory may have run out');
  });

  it('that refuses is quoted, and not to be tried again', async () => {
    const error = await failure(supervise(command('train:refuse@2')).outcome);
    expect(error).toMatchObject({ code: 'LOSS_NOT_FINITE', message: 'the loss is NaN at step 2', retryable: false });
  });

  it('that fails in a step is quoted with the step', async () => {
    const error = { code: 'OUT_OF_MEMORY', message: 'the memory is full', path: [], retryable: false };
    const says = `require('fs').writeSync(3, ${JSON.stringify(`${JSON.stringify({ type: 'failed', error, step: 12 })}\n`)})`;
    const { code, message } = await failure(supervise({ ...command('none'), args: ['-e', says] }).outcome);
    expect([code, message]).toEqual(['OUT_OF_MEMORY', 'the memory is full (after step 12)']);
  });

  it('that hangs is killed', async () => {
    const { code, message } = await failure(supervise(command('train:hang@2'), { silenceLimitMs: 1500 }).outcome);
    expect(code).toBe('TRAINER_CRASHED');
    expect(message).toContain('said nothing for 1.5 s');
  });

  it('that lives but is within one call for too long is killed', async () => {
    const progress = { type: 'progress', progress: { phase: 'training', step: 7, silentSeconds: 90 } };
    const saysSo = `require('fs').writeSync(3, ${JSON.stringify(`${JSON.stringify(progress)}\n`)}); setInterval(() => {}, 1000)`;
    const { code, message } = await failure(supervise({ ...command('none'), args: ['-e', saysSo] }).outcome);
    expect(code).toBe('TRAINER_CRASHED');
    expect(message).toContain('was within one call for 90 s at step 7 (training)');
  });

  it('that breaks the protocol is ended with the line that did', async () => {
    expect((await failure(supervise(command('train:garble@2')).outcome)).message).toContain('Segmentation fault is not JSON');
    expect((await failure(supervise(command('train:not-finite@2')).outcome)).message).toContain('points.0.value');
  });

  it('that cannot be started says so', async () => {
    const error = await failure(supervise({ ...command('none'), command: '/nowhere/node' }).outcome);
    expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
  });

  it('is stopped with a checkpoint, from which another one comes to the same end', async () => {
    const undisturbed = await supervise(command('none')).outcome;
    const stop = new AbortController();
    const checkpoints: string[] = [];
    const stopped = supervise(command('none', 50), {
      stop: stop.signal,
      onMessage: async (message) => {
        if (message.type === 'metrics' && message.points[0]?.step === 7) stop.abort(new EspalierError('CANCELLED', 'enough'));
        if (message.type === 'checkpoint') checkpoints.push(message.file.path);
      },
    });
    expect(await failure(stopped.outcome)).toMatchObject({ code: 'CANCELLED', message: 'enough' });
    const checkpoint = checkpoints.at(-1);
    expect(JSON.parse(readFileSync(checkpoint ?? '', 'utf8'))).toMatchObject({ step: 7 });
    const resumed = await supervise(command('none'), { jobFile: trainJob(checkpoint) }).outcome;
    expect(resumed.outputs[0]?.digest).toBe(undisturbed.outputs[0]?.digest);
  });

  it('is killed when whoever listens to it fails', async () => {
    let pid = 0;
    const { outcome } = supervise(command('none', 1000), {
      onMessage: async (message) => {
        if (message.type === 'hello') pid = message.pid;
        if (message.type === 'metrics') throw new EspalierError('STALE_ATTEMPT', 'another attempt has taken over');
      },
    });
    expect(await failure(outcome)).toMatchObject({ code: 'STALE_ATTEMPT' });
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});
