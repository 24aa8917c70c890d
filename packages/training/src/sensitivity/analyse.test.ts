import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Device } from '@espalier/core';
import { stratifiedSubset } from '@espalier/datasets';
import { prune } from '@espalier/surgery';
import { openBackend } from '@espalier/tensor';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { halves, listen, smallNetwork, smallSettings } from '../../test/fixtures.ts';
import { ForwardPass } from '../steps/forward-pass.ts';
import { train } from '../train/train.ts';
import { answersOf } from './answers.ts';
import { analyseSensitivity, type SensitivityRequest } from './analyse.ts';
import { effectsInFolder } from './cache.ts';

let device: Device;
let folder: string;
let network = smallNetwork();
const dataset = halves(300);
beforeAll(async () => {
  device = await openBackend();
  const work = await mkdtemp(path.join(os.tmpdir(), 'sensitivity-'));
  const { context } = listen(device);
  const trained = await train(
    {
      network,
      dataset,
      settings: smallSettings({ epochs: 4 }),
      teacher: null,
      seed: 3,
      series: 'train',
      folder: work,
      checkpointEverySeconds: 1000,
      resumeFrom: null,
      identity: '1'.repeat(64),
    },
    context,
  );
  network = trained.network;
  await rm(work, { recursive: true });
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sensitivity-'));
});
afterEach(() => rm(folder, { recursive: true }));

const request = (changes: Partial<SensitivityRequest> = {}): SensitivityRequest => ({
  network,
  networkDigest: 'a'.repeat(64),
  dataset,
  split: 'training',
  images: 120,
  ratios: [0.1, 0.5, 0.9],
  choose: (_, width) => Array.from({ length: width }, (_unused, channel) => channel),
  effects: effectsInFolder(folder),
  ...changes,
});
const analyse = (changes: Partial<SensitivityRequest> = {}) => analyseSensitivity(request(changes), listen(device).context);

describe('the sensitivity of a group', () => {
  it('is what really cutting its channels does', async () => {
    const { groups, images, accuracy } = await analyse();
    expect(images).toBe(120);
    expect(groups.length).toBeGreaterThan(0);
    const differences: number[] = [];
    for (const { group, points } of groups) {
      for (const { kept, accuracy: found, change, cost } of points.slice(1)) {
        const cut = prune(network, { keep: { [group]: Array.from({ length: kept }, (_, channel) => channel) } });
        const forward = new ForwardPass({ network: cut, batchSize: 60, imageShape: dataset.shape, warn: () => undefined });
        const { right } = await answersOf(forward, dataset, stratifiedSubset(dataset, dataset.splits.training, 120));
        forward.dispose();
        const share = right.reduce((sum, value) => sum + value, 0) / right.length;
        expect(found.estimate).toBeCloseTo(share, 12);
        expect(change.estimate).toBeCloseTo(share - accuracy.estimate, 12);
        expect(cost.parameters).toBe(
          cut.weights.filter(({ name }) => !name.includes('moving')).reduce((sum, { values }) => sum + values.length, 0),
        );
        differences.push(change.estimate);
      }
    }
    // Silencing five of six channels of a trained network must show, or the measurement sees nothing.
    expect(Math.min(...differences)).toBeLessThan(-0.1);
  });

  it('costs nothing the second time, and the same is found', async () => {
    const first = await analyse();
    const second = await analyse();
    // A tenth of six channels is none, which needs no measurement.
    expect(first.measured).toBe(first.groups.length * 2);
    expect(second).toEqual({ ...first, measured: 0 });
  });

  it('goes on where it was stopped', async () => {
    const { context, stop } = listen(device);
    let asked = 0;
    const choose: SensitivityRequest['choose'] = (_, width) => {
      if (++asked === 1) stop();
      return Array.from({ length: width }, (_unused, channel) => channel);
    };
    await expect(analyseSensitivity(request({ choose }), context)).rejects.toThrow('told to stop');
    const rest = await analyse();
    const first = await analyse({ effects: effectsInFolder(path.join(folder, 'elsewhere')) });
    expect(rest.measured).toBe(first.measured - 1);
  });

  it('keeps what belongs to other weights or pictures apart', async () => {
    await analyse({ ratios: [0.5] });
    expect((await analyse({ ratios: [0.5], networkDigest: 'b'.repeat(64) })).measured).toBeGreaterThan(0);
    expect((await analyse({ ratios: [0.5], images: 60 })).measured).toBeGreaterThan(0);
  });

  it('refuses shares and groups that there are not', async () => {
    await expect(analyse({ ratios: [1] })).rejects.toThrow('1 is no share');
    await expect(analyse({ ratios: [] })).rejects.toThrow('no ratio');
    await expect(analyse({ groups: ['nonsense'] })).rejects.toThrow('nonsense');
    await expect(
      analyse({
        dataset: { ...dataset, splits: { ...dataset.splits, training: { ...dataset.splits.training, indices: new Uint32Array() } } },
      }),
    ).rejects.toThrow('empty');
  });
});
