import { TopologyBuilder } from '@espalier/network/testing';
import { describe, expect, it } from 'vitest';
import { randomWeights } from '../../test/random-weights.ts';
import { tensorflowRunner } from '../../test/tensorflow-runner.ts';
import { encodeOnnx } from '../onnx/encode.ts';
import { channelsFirst, channelsLast } from './axes.ts';
import { compareRunners } from './compare.ts';
import { onnxRunner } from './onnx-runner.ts';
import type { Runner } from './runner.ts';

/** An engine that gives out `answer` of the first number of its input, [3]. */
const runner = (answer: (x: number) => readonly number[], shape: readonly number[] = [3]): Runner => ({
  inputs: [{ shape }],
  run: async ([input]) => [Float32Array.from(answer(input![0]!))],
  close: () => undefined,
});

describe('comparing two engines', () => {
  it('tells the largest difference as it is, and calls it equal within the tolerance', async () => {
    const a = runner(() => [0.5, -0.25]);
    const near = runner(() => [0.5, -0.25 + 2 ** -14]);
    expect(await compareRunners(a, near, { tolerance: 1e-4 })).toEqual({
      equal: true,
      maxAbsoluteDifference: 2 ** -14,
      largestOutput: 0.5,
      tolerance: 1e-4,
      samples: 4,
    });
    expect(await compareRunners(a, near, { tolerance: 6e-5 })).toMatchObject({ equal: false });
  });

  it('takes the tolerance as a share of the magnitude above one', async () => {
    const large = runner(() => [1024, 0]);
    expect(
      await compareRunners(
        large,
        runner(() => [1024, 0.0625]),
        { tolerance: 1e-4 },
      ),
    ).toMatchObject({ equal: true });
    expect(
      await compareRunners(
        large,
        runner(() => [1024, 0.125]),
        { tolerance: 1e-4 },
      ),
    ).toMatchObject({ equal: false });
  });

  it('draws the same pictures from the same seed, and others for each sample', async () => {
    const seen: number[] = [];
    const watching = runner((x) => {
      seen.push(x);
      return [x];
    });
    const still = runner((x) => [x]);
    await compareRunners(watching, still, { samples: 3, seed: 1 });
    await compareRunners(watching, still, { samples: 3, seed: 1 });
    await compareRunners(watching, still, { samples: 1, seed: 2 });
    expect(seen.slice(0, 3)).toEqual(seen.slice(3, 6));
    expect(new Set(seen).size).toBe(4);
  });

  it('refuses what can’t be compared, and answers that are not finite', async () => {
    await expect(
      compareRunners(
        runner(() => [1]),
        runner(() => [1], [4]),
      ),
    ).rejects.toThrow('one has inputs of [3], the other [4]');
    await expect(
      compareRunners(
        runner(() => [1]),
        runner(() => [1, 2]),
      ),
    ).rejects.toThrow('one has 1 numbers in output 0, the other 2');
    await expect(
      compareRunners(
        runner(() => [NaN]),
        runner(() => [1]),
      ),
    ).rejects.toThrow('output 0 is not finite: NaN');
  });

  it('notices a single changed weight', async () => {
    const net = new TopologyBuilder([6, 5, 3]);
    const network = randomWeights(net.topology(net.convBnRelu(net.input, 4)), 1);
    const [kernel, ...others] = network.weights;
    const values = kernel!.values.slice();
    values[7]! += 0.01;
    const changed = { ...network, weights: [{ ...kernel!, values }, ...others] };
    const [whole, ours, theirs] = [
      await tensorflowRunner(network),
      await onnxRunner(encodeOnnx(network)),
      await onnxRunner(encodeOnnx(changed)),
    ];
    expect(await compareRunners(whole, ours)).toMatchObject({ equal: true });
    expect(await compareRunners(whole, theirs)).toMatchObject({ equal: false });
    for (const open of [whole, ours, theirs]) await open.close();
  });
});

describe('feature maps', () => {
  it('lie channels first in ONNX and last here', () => {
    const places = Float32Array.of(0, 1, 10, 11, 20, 21, 30, 31, 40, 41, 50, 51);
    const first = channelsFirst(places, [2, 3, 2]);
    expect([...first]).toEqual([0, 10, 20, 30, 40, 50, 1, 11, 21, 31, 41, 51]);
    expect(channelsLast(first, [2, 3, 2])).toEqual(places);
  });
});
