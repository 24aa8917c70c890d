import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { TrainingSettingsSchema, type Device } from '@espalier/core';
import { openDetectionDataset, sceneSubset, writeScenes, type DetectionDataset } from '@espalier/datasets';
import { encodeNetwork } from '@espalier/formats';
import { prune } from '@espalier/surgery';
import { openBackend } from '@espalier/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallDetector } from '../../test/detector.ts';
import { listen } from '../../test/fixtures.ts';
import { DetectionEvaluation } from '../detection/evaluate/evaluation.ts';
import { readNetworkFile } from '../jobs/files.ts';
import { runTrain } from '../jobs/train.ts';
import { ForwardPass } from '../steps/forward-pass.ts';
import { precisionsInFolder } from './cache.ts';
import { analyseDetectorSensitivity, type DetectorSensitivityRequest } from './detectors.ts';

let device: Device;
let folder: string;
let dataset: DetectionDataset;
let network = smallDetector({ classCount: 2 });
beforeAll(async () => {
  device = await openBackend();
  folder = await mkdtemp(path.join(os.tmpdir(), 'detector-sensitivity-'));
  const location = await writeScenes(path.join(folder, 'scenes'), { training: 14, test: 5, seed: 3 });
  dataset = await openDetectionDataset({ ...location, imageSize: 32 });
  const file = path.join(folder, 'untrained.zip');
  await writeFile(file, encodeNetwork(smallDetector({ classCount: dataset.classes.length + 1, side: 32, widths: [12, 16, 16] })));
  const { outputs } = await runTrain(
    {
      kind: 'train',
      workDirectory: path.join(folder, 'trained'),
      seed: 1,
      network: { from: 'file', path: file },
      dataset: location,
      // By heart: what is cut of such a detector shows.
      settings: TrainingSettingsSchema.parse({
        epochs: 80,
        batchSize: 12,
        learningRate: 0.02,
        optimizer: { name: 'adam' },
        validationRatio: 0,
        sceneAugmentation: { photometricDistortion: false, largestExpansion: 1, overlapCrop: false, horizontalFlip: false },
      }),
      distillation: null,
      series: 'train',
      checkpointEverySeconds: 1000,
      resumeFrom: null,
    },
    listen(device).context,
  );
  ({ network } = await readNetworkFile(outputs[0]!.path));
}, 120_000);
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
    expect(whole.area).toBeGreaterThan(0.15);
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
        expect(meanAveragePrecision[definition]).toBeCloseTo(found[definition], 2);
        expect(change[definition]).toBeCloseTo(meanAveragePrecision[definition] - whole[definition], 12);
      }
      expect(cost.parameters).toBe(
        cut.weights.filter(({ name }) => !name.includes('moving')).reduce((total, { values }) => total + values.length, 0),
      );
    }
    // Silencing three fifths of a layer of a trained detector must show, or the measurement sees nothing.
    expect(Math.min(...groups.map(({ points }) => points[1]!.change.area))).toBeLessThan(-0.05);
  });

  it('costs nothing the second time, and nothing where no channel goes', async () => {
    const first = await analyse({ precisions: precisionsInFolder(path.join(folder, 'elsewhere')) });
    // A twentieth of six or twelve channels is none.
    expect(first.measured).toBe(2);
    expect(first.groups.every(({ points }) => points[0]!.change.area === 0)).toBe(true);
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
