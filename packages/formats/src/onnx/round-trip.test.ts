import { createHash } from 'node:crypto';
import type { NetworkData } from '@espalier/core';
import { dependencyGroups, networkCost, readGraph } from '@espalier/network';
import { randomTopology } from '@espalier/network/testing';
import { buildZooTopology, zoo } from '@espalier/zoo';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutAtRandom, narrowed } from '../../test/engines.ts';
import { randomWeights } from '../../test/random-weights.ts';
import { tensorflowRunner } from '../../test/tensorflow-runner.ts';
import { compareRunners } from '../verification/compare.ts';
import { onnxRunner } from '../verification/onnx-runner.ts';
import { decodeOnnx } from './decode.ts';
import { encodeOnnx } from './encode.ts';

/** What pruning sees of a network: its cost, and its groups by name. */
function structure({ topology }: NetworkData) {
  const graph = readGraph(topology);
  const groups = dependencyGroups(graph).map(({ id, channels, prunable }) => ({ id, channels, prunable }));
  return { cost: networkCost(graph), groups: groups.toSorted((a, b) => (a.id < b.id ? -1 : 1)) };
}

/** Every weight by its shape and digest. Sorted: the file has the layers in the order in which they are computed, the topology in that of its author. */
const digests = ({ weights }: NetworkData) =>
  weights.map(({ shape, values }) => `${shape.join(' × ')} ${createHash('sha256').update(values).digest('hex')}`).toSorted();

/** Narrow, and for pictures of twice the least side, so that places are left where a map is flattened. */
const small = zoo.map(({ name, smallestSide, fixedSide }) => {
  const side = fixedSide === true ? smallestSide : Math.max(2 * smallestSide, 32);
  return { name, topology: narrowed(buildZooTopology(name, { inputShape: [side, side, 3] })) };
});

describe('a network that was written to ONNX and is read again', () => {
  it.each(small)('is $name again, whole and cut: the same cost, the same groups and the same weights to the bit', ({ topology }) => {
    const network = randomWeights(topology, 3);
    // A depthwise convolution of one channel is a plain one in ONNX, with groups of its own; so two channels stay.
    for (const variant of [network, cutAtRandom(network, 3, 2)!]) {
      const again = decodeOnnx(encodeOnnx(variant));
      expect(structure(again)).toEqual(structure(variant));
      expect(digests(again)).toEqual(digests(variant));
    }
  });

  it('answers as its file does, for random networks', async () => {
    await fc.assert(
      fc.asyncProperty(randomTopology, fc.nat(), async (topology, seed) => {
        const file = encodeOnnx(randomWeights(topology, seed));
        const [tensorflow, onnx] = [await tensorflowRunner(decodeOnnx(file)), await onnxRunner(file)];
        expect(await compareRunners(tensorflow, onnx, { samples: 1 })).toMatchObject({ equal: true });
        await tensorflow.close();
        await onnx.close();
      }),
      { numRuns: 150, seed: 21 },
    );
  });
});
