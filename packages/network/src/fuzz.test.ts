import { EspalierError, type Topology } from '@espalier/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomTopology } from '../test/random-topology.ts';
import { inspect } from './inspect.ts';

/** Values that a broken or hostile file may hold in place of a setting. */
const strangeValue = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(0, -1, 1, 2.5, 2 ** 31, 2 ** 53, Number.MAX_VALUE, '', 'same', [], [0, 0], [[1]], [1, 2, 3], {}, null, true),
  fc.integer(),
);

const spoil = (topology: Topology, layerSeed: number, keySeed: number, value: unknown): Topology => {
  const { layers } = topology.config;
  const position = layerSeed % layers.length;
  const layer = layers[position]!;
  const keys = Object.keys(layer.config).filter((key) => key !== 'name');
  const key =
    keys[keySeed % (keys.length + 1)] ?? ['groups', 'padding', 'axis', 'use_bias', 'data_format', 'activation', 'strides'][keySeed % 7]!;
  return {
    ...topology,
    config: { ...topology.config, layers: layers.with(position, { ...layer, config: { ...layer.config, [key]: value } }) },
  };
};

describe('a topology with a spoilt setting', () => {
  it('[N3] is read, or refused with an error that names the layer: nothing else is ever thrown', () => {
    let refused = 0;
    fc.assert(
      fc.property(randomTopology, fc.nat(), fc.nat(), strangeValue, (topology, layerSeed, keySeed, value) => {
        try {
          inspect(spoil(topology, layerSeed, keySeed, value));
        } catch (error) {
          expect(error).toBeInstanceOf(EspalierError);
          expect((error as EspalierError).path[0]).toBe('layers');
          refused += 1;
        }
      }),
      { numRuns: 3000, seed: 8 },
    );
    expect(refused).toBeGreaterThan(500);
  });
});
