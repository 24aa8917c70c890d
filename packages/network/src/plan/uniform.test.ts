import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { resNetTopology } from '../../test/networks.ts';
import { dependencyGroups } from '../channels/groups.ts';
import { networkCost } from '../cost/cost.ts';
import { readGraph } from '../graph.ts';
import { costAfter } from './cost-after.ts';
import { minimumCost, uniformWidths, widthAt, type UniformWidthsRequest } from './uniform.ts';

const graph = readGraph(resNetTopology(1));
const groups = dependencyGroups(graph);
const before = networkCost(graph);

/** The answer by trying every ratio at which any width changes, from the largest down. */
function byTryingAll(request: UniformWidthsRequest): number {
  const prunable = groups.filter(({ prunable }) => prunable);
  const ratios = prunable
    .flatMap(({ channels }) => Array.from({ length: channels }, (_, index) => (index + 1) / channels))
    .sort((a, b) => b - a);
  const cost = (ratio: number) =>
    costAfter(graph, groups, Object.fromEntries(prunable.map((group) => [group.id, widthAt(group, ratio, request)])));
  return ratios.find((ratio) => cost(ratio)[request.measure] <= before[request.measure] * (1 - request.reductionRatio)) ?? 0;
}

describe('uniform widths', () => {
  it('[P5] are those of the largest keep ratio that meets the target', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('macs' as const, 'parameters' as const),
        fc.double({ min: 0.01, max: 0.8, noNaN: true }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        (measure, reductionRatio, minimumChannels, channelMultiple) => {
          const request = { measure, reductionRatio, minimumChannels, channelMultiple };
          const found = uniformWidths(graph, groups, request);
          expect(found.keepRatio).toBe(byTryingAll(request));
          expect(found.cost).toEqual(costAfter(graph, groups, found.widths));
          expect(found.reachedRatio).toBeGreaterThanOrEqual(reductionRatio);
          for (const width of Object.values(found.widths)) expect(width % channelMultiple === 0 && width >= minimumChannels).toBe(true);
        },
      ),
      { numRuns: 40, seed: 6 },
    );
  });

  it('[P5] leave groups alone that are not named', () => {
    const { widths } = uniformWidths(graph, groups, {
      measure: 'macs',
      reductionRatio: 0.2,
      groups: ['stage2_block1_conv1', 'stage3_block1_conv1'],
    });
    expect(Object.keys(widths)).toEqual(['stage2_block1_conv1', 'stage3_block1_conv1']);
  });

  it('[P6] say how far they can go when the target is out of reach', () => {
    const request = { measure: 'macs', reductionRatio: 0.9, minimumChannels: 8 } as const;
    const least = minimumCost(graph, groups, request);
    expect(() => uniformWidths(graph, groups, request)).toThrow(
      expect.objectContaining({
        code: 'TARGET_OUT_OF_REACH',
        message: expect.stringContaining(`${least.macs} of ${before.macs} MACs remain`),
      }),
    );
  });

  it('[P6] meet the very most that can be removed, however its ratio was rounded', () => {
    for (const blocks of [1, 2, 3, 4, 5])
      for (const measure of ['macs', 'parameters'] as const) {
        const network = readGraph(resNetTopology(blocks));
        const all = dependencyGroups(network);
        const [whole, least] = [networkCost(network)[measure], minimumCost(network, all)[measure]];
        for (const reductionRatio of [1 - least / whole, (whole - least) / whole])
          expect(uniformWidths(network, all, { measure, reductionRatio }).cost[measure]).toBe(least);
        expect(() => uniformWidths(network, all, { measure, reductionRatio: (whole - least + 1) / whole })).toThrow(
          expect.objectContaining({ code: 'TARGET_OUT_OF_REACH' }),
        );
      }
  });

  it.each([
    [10, 0.5, {}, 5],
    [10, 0, {}, 1],
    [10, 0.55, { channelMultiple: 4 }, 4],
    [10, 0.1, { channelMultiple: 4 }, 4],
    [3, 0.5, { channelMultiple: 4 }, 3],
    [12, 1, { channelMultiple: 8 }, 12],
    [10, 0.1, { minimumChannels: 3, channelMultiple: 2 }, 4],
    // 0.29 · 100 is 28.999999999999996 in binary fractions, and yet 29 channels were meant.
    [100, 0.29, {}, 29],
  ])('[P7] of %i channels at ratio %f with %o keep %i', (channels, ratio, limits, kept) => {
    expect(widthAt({ channels }, ratio, limits)).toBe(kept);
  });
});
