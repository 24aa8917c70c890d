import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Device, NetworkData } from '@espalier/core';
import { everyScene, openDetectionDataset, sceneSubset, writeScenes, type DetectionDataset, type SceneBatch } from '@espalier/datasets';
import { openBackend, tf } from '@espalier/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallDetector } from '../../test/detector.ts';
import { listen } from '../../test/fixtures.ts';
import { detectionHeads } from '../detection/heads.ts';
import { detection } from '../detection/objective.ts';
import { ForwardPass } from '../steps/forward-pass.ts';
import { listenTo } from './collect.ts';

let device: Device;
let folder: string;
let dataset: DetectionDataset;
let network: NetworkData;
beforeAll(async () => {
  device = await openBackend();
  folder = await mkdtemp(path.join(os.tmpdir(), 'observed-scenes-'));
  dataset = await openDetectionDataset({ ...(await writeScenes(folder, { training: 14, test: 5, seed: 3 })), imageSize: 32 });
  network = smallDetector({ classCount: dataset.classes.length + 1, side: 32 });
});
afterAll(() => rm(folder, { recursive: true }));

describe('what methods see of scenes', () => {
  it('are the maps of each of the pictures that the dataset fixes', async () => {
    const heard: number[][] = [];
    const add = (_layer: string, { shape }: { readonly shape: readonly number[] }): void => {
      heard.push([...shape]);
    };
    await listenTo(
      network,
      dataset,
      { kind: 'feature-maps', taps: [{ layer: 'stem', tap: 'stem' }], images: 6, add },
      listen(device).context,
    );
    expect(heard).toEqual([[6, 16, 16, 6]]);
  });

  it('are the slopes of the loss that the detector is trained by', async () => {
    const weights = ['stem/kernel', 'second_bn/gamma', 'boxes0/bias', 'classes1/bias'];
    const heard = new Map<string, Float32Array>();
    const add = (gradients: ReadonlyMap<string, Float32Array>): void => {
      for (const [name, values] of gradients) heard.set(name, values.slice());
    };
    await listenTo(network, dataset, { kind: 'gradients', weights, images: 6, add }, listen(device).context);
    const subset = sceneSubset(dataset, dataset.splits.training, 6);
    const { value: batch } = await everyScene(dataset, subset, 6).next();
    const forward = new ForwardPass({ network, batchSize: 6, imageShape: dataset.shape, warn: () => undefined });
    const lossWith = (name: string, place: number, step: number): number => {
      const values = network.weights.map((weight) => weight.values.slice());
      values[network.weights.findIndex((weight) => weight.name === name)]![place]! += step;
      forward.write(values);
      return lossOf(forward.runAll(batch!.images), batch!);
    };
    const step = 5e-3;
    for (const [name, place] of [
      ['stem/kernel', 4],
      ['second_bn/gamma', 2],
      ['boxes0/bias', 1],
      ['classes1/bias', 3],
    ] as const) {
      const slope = (lossWith(name, place, step) - lossWith(name, place, -step)) / (2 * step);
      // Losses near 10 in float32 are good to 1e-6, their difference over 0.01 to 1e-3 or so; which negatives are the hardest may change a little.
      expect(Math.abs(heard.get(name)![place]! - slope)).toBeLessThan(0.01 + 0.02 * Math.abs(slope));
    }
    forward.dispose();
  });

  /** The multibox loss of a network's outputs, by hand of the objective, without any gradient. */
  function lossOf(outputs: readonly Float32Array[], batch: SceneBatch): number {
    const heads = detectionHeads(network.topology);
    const objective = detection(heads);
    return tf.tidy(() => {
      const shapes = objective.targetShapes(batch.size);
      const targets = Object.fromEntries(
        Object.entries(objective.targetsOf(batch)).map(([name, values]) => [
          name,
          tf.tensor(values, [...shapes[name]!.shape], shapes[name]!.dtype),
        ]),
      );
      const tensors = outputs.map((values) =>
        tf.tensor(values, [batch.size, heads.priorCount, values.length / batch.size / heads.priorCount]),
      );
      return objective.judge(tensors, targets).loss.dataSync<'float32'>()[0]!;
    });
  }
});
