import type { Device } from '@espalier/core';
import { everyBatch, stratifiedSubset } from '@espalier/datasets';
import { openBackend } from '@espalier/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { halves, listen, smallNetwork } from '../../test/fixtures.ts';
import { crossEntropyOf } from '../../test/cross-entropy.ts';
import { ForwardPass } from '../steps/forward-pass.ts';
import { withValues } from '../steps/model.ts';
import { listenTo, type ObservedMaps } from './collect.ts';

let device: Device;
beforeAll(async () => {
  device = await openBackend();
});

const network = smallNetwork();
const dataset = halves(300);
const subset = stratifiedSubset(dataset, dataset.splits.training, 40);

describe('the maps of a layer', () => {
  it('are those that the pictures make, every picture once', async () => {
    const heard: ObservedMaps[] = [];
    const taps = [{ layer: 'stem', tap: 'stem' }];
    const add = (layer: string, maps: ObservedMaps): void => {
      expect(layer).toBe('stem');
      heard.push({ ...maps, values: maps.values.slice() });
    };
    await listenTo(network, dataset, { kind: 'feature-maps', taps, images: 40, add }, listen(device).context);
    expect(heard.map(({ shape }) => shape)).toEqual([
      [32, 8, 8, 6],
      [8, 8, 8, 6],
    ]);
    const kernel = network.weights.find(({ name }) => name === 'stem/kernel')!.values;
    const { value: batch } = await everyBatch(dataset, subset, 40).next();
    const pixel = (picture: number, y: number, x: number): number =>
      y < 0 || x < 0 || y > 7 || x > 7 ? 0 : batch!.images[picture * 64 + y * 8 + x]!;
    const values = heard.flatMap((maps) => [...maps.values]);
    for (const [picture, y, x, channel] of [
      [0, 0, 0, 0],
      [17, 3, 7, 5],
      [39, 7, 4, 2],
    ] as const) {
      let expected = 0;
      for (let tap = 0; tap < 9; tap++)
        expected += kernel[tap * 6 + channel]! * pixel(picture, y + Math.floor(tap / 3) - 1, x + (tap % 3) - 1);
      expect(values[((picture * 8 + y) * 8 + x) * 6 + channel]).toBeCloseTo(expected, 5);
    }
  });

  it('of a dense layer have one place', async () => {
    const shapes: unknown[] = [];
    const taps = [{ layer: 'classifier', tap: 'classifier' }];
    await listenTo(
      network,
      dataset,
      { kind: 'feature-maps', taps, images: 8, add: (_, { shape }) => shapes.push(shape) },
      listen(device).context,
    );
    expect(shapes).toEqual([[8, 1, 1, 3]]);
  });

  it('of a layer that there is not are refused by name', async () => {
    const taps = [{ layer: 'stem', tap: 'nonsense' }];
    await expect(
      listenTo(network, dataset, { kind: 'feature-maps', taps, images: 8, add: () => undefined }, listen(device).context),
    ).rejects.toThrow('nonsense');
  });
});

describe('the gradients of the loss', () => {
  it('are the slopes that finite differences find', async () => {
    const weights = ['stem/kernel', 'stem_bn/gamma', 'classifier/bias'];
    const heard: Map<string, Float32Array>[] = [];
    const add = (gradients: ReadonlyMap<string, Float32Array>): void => {
      heard.push(new Map([...gradients].map(([name, values]) => [name, values.slice()])));
    };
    await listenTo(network, dataset, { kind: 'gradients', weights, images: 40, add }, listen(device).context);
    // 40 pictures are one whole batch of 32; the 8 others fill none.
    expect(heard).toHaveLength(1);
    const { value: batch } = await everyBatch(dataset, subset, 32).next();
    const forward = new ForwardPass({ network, batchSize: 32, imageShape: dataset.shape, warn: () => undefined });
    const lossWith = (name: string, place: number, step: number): number => {
      const values = network.weights.map((weight) => weight.values.slice());
      values[network.weights.findIndex((weight) => weight.name === name)]![place]! += step;
      forward.write(withValues(network, values).weights.map((weight) => weight.values));
      return crossEntropyOf(forward.run(batch!.images), batch!.labels, 3);
    };
    const step = 1e-2;
    for (const [name, place] of [
      ['stem/kernel', 4],
      ['stem/kernel', 31],
      ['stem_bn/gamma', 2],
      ['classifier/bias', 1],
    ] as const) {
      const slope = (lossWith(name, place, step) - lossWith(name, place, -step)) / (2 * step);
      // The difference of two float32 losses near 1 over 0.02 is good to 1e-5, and the third derivative adds a share of step².
      expect(heard[0]!.get(name)![place]).toBeCloseTo(slope, 3);
    }
    forward.dispose();
  });
});
