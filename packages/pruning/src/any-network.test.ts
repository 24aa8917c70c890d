import { createGenerator, EspalierError, type NetworkData } from '@espalier/core';
import { elementCount, networkCost, readGraph, weightSpecs } from '@espalier/network';
import { randomTopology } from '@espalier/network/testing';
import { prune } from '@espalier/surgery';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { madeUpStatistics } from '../test/made-up-statistics.ts';
import { methods } from './methods/index.ts';
import { type PlannedPruning, planPruning } from './plan.ts';

function withRandomWeights(topology: NetworkData['topology'], seed: number): NetworkData {
  const generator = createGenerator(seed, 'weights');
  const weights = weightSpecs(readGraph(topology)).map(({ name, shape }) => ({
    name,
    shape,
    values: Float32Array.from({ length: elementCount(shape) }, () => generator.normal()),
  }));
  return { topology, weights };
}

/** What cannot be planned has to say why; anything else that is thrown is a bug. */
function planned(network: NetworkData, name: string, seed: number): PlannedPruning | string {
  try {
    return planPruning({
      network,
      networkDigest: '1'.repeat(64),
      method: { name, settings: {} },
      target: { measure: 'parameters', reductionRatio: 0.3 },
      seed,
      round: 1,
      statistics: madeUpStatistics(network, name, {}, seed),
    });
  } catch (error) {
    if (error instanceof EspalierError) return error.code;
    throw error;
  }
}

describe.each(methods.map(({ name }) => name))('%s', (name) => {
  it('plans any network, grouped, depthwise and branched ones too, or says why not', () => {
    let done = 0;
    fc.assert(
      fc.property(randomTopology, fc.nat(1000), (topology, seed) => {
        const network = withRandomWeights(topology, seed);
        const outcome = planned(network, name, seed);
        if (typeof outcome === 'string') {
          expect(outcome).toBe('TARGET_OUT_OF_REACH');
          return;
        }
        done++;
        const { parameters, macs } = networkCost(readGraph(prune(network, outcome.plan).topology));
        expect({ parameters, macs }).toEqual(outcome.predicted);
        expect(outcome.reachedRatio).toBeGreaterThanOrEqual(0.3);
      }),
      { numRuns: 12, seed: 5 },
    );
    expect(done).toBeGreaterThan(2);
  });
});
