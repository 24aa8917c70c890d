import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Device, NetworkData } from '@espalier/core';
import { openDetectionDataset, sceneSubset, type DetectionDataset } from '@espalier/datasets';
import { prune } from '@espalier/surgery';
import { openBackend } from '@espalier/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallDetector } from '../../test/detector.ts';
import { listen } from '../../test/fixtures.ts';
import { learnDetector } from '../../test/learnt-detector.ts';
import { DetectionEvaluation } from '../detection/evaluate/evaluation.ts';
import { readNetworkFile } from '../jobs/files.ts';
import { ForwardPass } from '../steps/forward-pass.ts';
import { precisionsInFolder } from './cache.ts';
import { analyseDetectorSensitivity, type DetectorSensitivityRequest } from './detectors.ts';

let device: Device;
let folder: string;
let dataset: DetectionDataset;
let network: NetworkData;
beforeAll(async () => {
  device = await openBackend();
  folder = await mkdtemp(path.join(os.tmpdir(), 'detector-sensitivity-'));
  const learnt = await learnDetector(folder, listen(device).context);
  dataset = await openDetectionDataset({ ...learnt.scenes, imageSize: 32 });
  ({ network } = await readNetworkFile(learnt.network.path));
}, 240_000);
afterAll(() => rm(folder, { recursive: true }));

const analyse = (changes: Partial<DetectorSensitivityRequest> = {}) =>
  analyseDetectorSensitivity(
    {
      network,
      networkDigest: 'a'.repeat(64),
      dataset,
      split: 'training',
      images: 10,
      ratios: [0.05, 0.6],
      groups: ['stem', 'second'],
      choose: (_, width) => Array.from({ length: width }, (_unused, channel) => channel),
      precisions: precisionsInFolder(path.join(folder, 'cache')),
      ...changes,
    },
    listen(device).context,
  );

describe('the sensitivity of a group of a detector', () => {
  it('is what really cutting its channels does to mean average precision', async () => {
    const { groups, images, meanAveragePrecision: whole } = await analyse();
    expect(images).toBe(10);
    expect(groups.map(({ group }) => group)).toEqual(['stem', 'second']);
    expect(whole.area.estimate).toBeGreaterThan(0.15);
    const subset = sceneSubset(dataset, dataset.splits.training, 10);
    for (const { group, points } of groups) {
      const { kept, meanAveragePrecision, change, cost } = points[1]!;
      const cut = prune(network, { keep: { [group]: Array.from({ length: kept }, (_, channel) => channel) } });
      const forward = new ForwardPass({ network: cut, batchSize: 5, imageShape: dataset.shape, warn: () => undefined });
      const evaluation = new DetectionEvaluation(forward, cut, dataset, subset);
      while (await evaluation.advance());
      forward.dispose();
      const found = evaluation.score().meanAveragePrecision!;
      for (const definition of ['voc07', 'area'] as const) {
        // Scores round another way in the cut network, which may exchange two that are all but equal.
        expect(meanAveragePrecision[definition].estimate).toBeCloseTo(found[definition], 2);
        const difference = meanAveragePrecision[definition].estimate - whole[definition].estimate;
        expect(change[definition].estimate).toBeCloseTo(difference, 12);
        for (const { estimate, low, high } of [meanAveragePrecision[definition], change[definition]]) {
          expect(low).toBeLessThan(estimate);
          expect(high).toBeGreaterThan(estimate);
        }
      }
      expect(cost.parameters).toBe(
        cut.weights.filter(({ name }) => !name.includes('moving')).reduce((total, { values }) => total + values.length, 0),
      );
    }
    // Silencing three fifths of a layer of a trained detector must show, or the measurement sees nothing.
    expect(Math.min(...groups.map(({ points }) => points[1]!.change.area.high))).toBeLessThan(-0.05);
  });

  it('costs nothing the second time, and nothing where no channel goes', async () => {
    const first = await analyse({ precisions: precisionsInFolder(path.join(folder, 'elsewhere')) });
    // A twentieth of six or twelve channels is none.
    expect(first.measured).toBe(2);
    expect(first.groups.every(({ points }) => points[0]!.change.area.estimate === 0)).toBe(true);
    expect(first.groups[0]!.points[0]!.change.area).toEqual({ estimate: 0, low: 0, high: 0 });
    expect(await analyse({ precisions: precisionsInFolder(path.join(folder, 'elsewhere')) })).toEqual({ ...first, measured: 0 });
  });

  it('refuses a network of other classes, and pictures without objects', async () => {
    await expect(analyse({ network: smallDetector({ classCount: 3, side: 32 }) })).rejects.toThrow(
      'tells 2 classes and the background apart',
    );
    const { training } = dataset.splits;
    const bare = { ...training, scenes: { ...training.scenes, boxes: training.scenes.boxes.map(() => []) } };
    const without = { ...dataset, splits: { ...dataset.splits, training: bare } };
    await expect(analyse({ dataset: without })).rejects.toThrow('has an object that counts');
  });
});
