import type { Topology } from '@espalier/core';
import { layerTypes, readGraph } from '@espalier/network';
import { randomTopology } from '@espalier/network/testing';
import { buildModel, openBackend, readNetwork, tf } from '@espalier/tensor';
import { initialiseWeights } from '@espalier/zoo';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeNetwork, encodeNetwork } from '../network-file.ts';

/** The outputs of a model for one picture, one after the other. */
function answers(model: tf.LayersModel): number[] {
  return tf.tidy(() => {
    const [, ...shape] = model.inputs[0]!.shape as [null, number, number, number];
    const picture = tf.linspace(-1, 1, tf.util.sizeFromShape(shape)).reshape([1, ...shape]);
    return [model.predict(picture)].flat().flatMap((output) => [...output.dataSync()]);
  });
}

/** TF.js lists layers by their depth, so that only what belongs to each can be compared. */
const shapesOf = (topology: Topology) =>
  Object.fromEntries(readGraph(topology).nodes.map((node) => [`${node.layer} ${node.call}`, node.outputShape]));

describe('a network of any layers that the graph knows', () => {
  beforeAll(async () => {
    await openBackend();
  });

  it('answers alike after it was written to a file, and after TF.js has described it in its own words', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(randomTopology, fc.nat(), (topology, seed) => {
        for (const { class_name: type } of topology.config.layers) seen.add(type);
        const network = initialiseWeights(topology, seed);
        const model = buildModel(network);
        const described = readNetwork(model);
        const [read, retold] = [network, described].map((version) => buildModel(decodeNetwork(encodeNetwork(version))));
        try {
          expect(answers(read!)).toEqual(answers(model));
          expect(answers(retold!)).toEqual(answers(model));
          expect(shapesOf(described.topology)).toEqual(shapesOf(topology));
        } finally {
          for (const built of [model, read!, retold!]) built.dispose();
        }
      }),
      { numRuns: 60, seed: 12 },
    );
    expect(seen.size).toBeGreaterThan(layerTypes.length - 12);
  });
});
