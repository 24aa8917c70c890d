import path from 'node:path';
import type { RecipeInput } from '@espalier/core';
import { demonstrate, isAlive, noteOf, startRun, watchRun, writeDigits, type Demonstration, type Run, type Screen } from '@espalier/infra';
import { checkout, startPortal, type TestPortal } from '../src/index.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSmallDigits } from './small-digits.ts';

const lesson = { epochs: 3, batchSize: 32, learningRate: 0.05, validationRatio: 0.1 } as const;
const training: RecipeInput = { kind: 'training', seed: 7, training: lesson };
const compression: RecipeInput = {
  kind: 'compression',
  seed: 7,
  method: { name: 'exp' },
  target: { measure: 'macs', reductionRatio: 0.5 },
  retraining: lesson,
};

const tenMinutes = 600_000;
const silent: Screen = { say: () => undefined, status: () => undefined, clear: () => undefined };

let portal: TestPortal;
let undisturbed: Demonstration;

beforeAll(async () => {
  portal = await startPortal();
}, tenMinutes);
afterAll(() => portal?.stop());

const demonstration = async (): Promise<Demonstration> => {
  const { client, organization, home } = portal;
  const datasetPath = path.join(home, 'datasets/small-digits');
  await writeSmallDigits(await writeDigits(checkout, home), datasetPath, 20);
  return demonstrate({ client, organization, datasetPath, screen: silent, recipes: { training, compression } });
};

/** Follows a run and kills the worker, and with it the trainer, once `stage` has made some progress. */
async function watchAndKill(run: string, stage: string): Promise<Run> {
  let killed = 0;
  const killer: Screen = {
    ...silent,
    status(where, text) {
      if (killed > 0 || !where.endsWith(stage) || !/epoch [23]/.test(text)) return;
      killed = portal.pidOf('worker');
      process.kill(killed, 'SIGKILL');
    },
  };
  const ended = await watchRun(portal.client, run, 'run', killer);
  expect(killed, 'the worker was killed in the middle').toBeGreaterThan(0);
  return ended;
}

describe('the whole way, through portal, API, workflow engine, worker and trainer', () => {
  it(
    'trains a network, compresses it to its target and measures both on the same images',
    async () => {
      undisturbed = await demonstration();
      const { before, after } = undisturbed.compression;
      expect(before?.examples).toBe(after?.examples);
      expect(after!.macs).toBeLessThanOrEqual(before!.macs / 2);
      expect(after!.parameters).toBeLessThan(before!.parameters);
      expect(undisturbed.compression.output?.digest).not.toBe(undisturbed.training.output?.digest);
    },
    tenMinutes,
  );

  it(
    'finds what it did before, and does nothing again',
    async () => {
      const again = await demonstration();
      expect(again.compression.id).toBe(undisturbed.compression.id);
      expect(again.compression.output).toEqual(undisturbed.compression.output);
    },
    tenMinutes,
  );

  it(
    'ends in the same bytes when the worker is killed in the middle of a training',
    async () => {
      const { model, dataset } = undisturbed;
      const request = { model, dataset, title: 'Disturbed', recipe: training, idempotencyKey: 'disturbed/training' };
      const run = await watchAndKill(await startRun(portal.client, request), 'train');
      expect(run.status).toBe('SUCCEEDED');
      expect(run.output?.digest).toBe(undisturbed.training.output?.digest);
    },
    tenMinutes,
  );

  it(
    'ends in the same bytes when the worker is killed in the middle of a retraining',
    async () => {
      const { model, dataset } = undisturbed;
      const version = undisturbed.training.output?.id;
      const request = { model, dataset, version, title: 'Disturbed', recipe: compression, idempotencyKey: 'disturbed/compression' };
      const run = await watchAndKill(await startRun(portal.client, request), 'retrain');
      expect(run.status).toBe('SUCCEEDED');
      expect(run.output?.digest).toBe(undisturbed.compression.output?.digest);
    },
    tenMinutes,
  );

  it('serves its pages, and leaves no process behind when it is stopped', async () => {
    const page = await fetch(`${portal.url}/sign-in`);
    expect(page.status).toBe(200);
    const processes = ['api', 'worker', 'web', 'temporal'].map((service) => noteOf(portal.pidOf(service)));
    expect(processes.every(isAlive)).toBe(true);
    await portal.stop();
    expect(processes.some(isAlive)).toBe(false);
  });
});
