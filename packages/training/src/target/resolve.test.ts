import type { Device, Target } from '@espalier/core';
import { costAfter, dependencyGroups, networkCost, readGraph, uniformWidths } from '@espalier/network';
import { openBackend } from '@espalier/tensor';
import { buildZooNetwork } from '@espalier/zoo';
import { beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../test/fixtures.ts';
import { JobContext } from '../context.ts';
import { latencyAsCost, type TimeShare } from './latency.ts';
import { resolveTarget } from './resolve.ts';

let device: Device;
beforeAll(async () => {
  device = await openBackend();
});

const network = buildZooNetwork('resnet20', { inputShape: [32, 32, 3], classes: 10, seed: 1 });
const graph = readGraph(network.topology);
const groups = dependencyGroups(graph);
const limits = { minimumChannels: 1, channelMultiple: 1, round: 1 };
const resolve = (target: Target, given = limits) => resolveTarget(target, network, given, listen(device).context);

describe('a target of channels', () => {
  it('is the widths of every group, those that are named by shares of their own', async () => {
    const { widths, target, asked } = await resolve({
      measure: 'channels',
      reductionRatio: 0.5,
      groups: { stem_conv: 0, stage3_block1_conv1: 0.75 },
    });
    expect(widths!['stem_conv']).toBe(16);
    expect(widths!['stage3_block1_conv1']).toBe(16);
    expect(widths!['stage2_block1_conv1']).toBe(16);
    const prunable = groups.filter((group) => group.prunable);
    const kept = prunable.reduce((sum, { id }) => sum + widths![id]!, 0);
    expect(asked!.reachedRatio).toBeCloseTo(1 - kept / prunable.reduce((sum, { channels }) => sum + channels, 0), 12);
    // The cost that goes along is met by these widths, and by none a channel wider.
    const { macs } = costAfter(graph, groups, widths!);
    const allowed = (1 - target.reductionRatio) * 40_551_040;
    expect(macs).toBeLessThanOrEqual(allowed);
    expect(allowed - macs).toBeLessThan(1);
    expect(() => uniformWidths(graph, groups, { ...target, ...limits })).not.toThrow();
  });

  it('keeps to floors and multiples', async () => {
    const { widths } = await resolve(
      { measure: 'channels', reductionRatio: 0.7, groups: {} },
      { ...limits, minimumChannels: 8, channelMultiple: 4 },
    );
    expect(widths!['stem_conv']).toBe(8);
    expect(widths!['stage3_block1_conv1']).toBe(16);
  });

  it('lets a later round leave alone what those before have made of a group', async () => {
    const target = { measure: 'channels' as const, reductionRatio: 0.5, groups: { gone: 0.5, classifier: 0.5 } };
    const { widths } = await resolve({ ...target, groups: {} });
    expect((await resolve(target, { ...limits, round: 2 })).widths).toEqual(widths);
  });

  it('refuses groups that there are not or that must stay, and shares of nothing', async () => {
    await expect(resolve({ measure: 'channels', reductionRatio: 0.5, groups: { nonsense: 0.5 } })).rejects.toThrow('nonsense');
    await expect(resolve({ measure: 'channels', reductionRatio: 0.5, groups: { classifier: 0.5 } })).rejects.toThrow('output');
    await expect(
      resolve({
        measure: 'channels',
        reductionRatio: 0.5,
        groups: Object.fromEntries(groups.filter(({ prunable }) => prunable).map(({ id }) => [id, 0])),
      }),
    ).rejects.toThrow('too small');
  });
});

describe('a target of time', () => {
  /** A machine on which a fifth of the time does not depend on the MACs. */
  const timeShareOf: TimeShare = async ({ topology }) => 0.2 + (0.8 * networkCost(readGraph(topology)).macs) / 40_551_040;
  const latency = (reductionRatio: number, share = timeShareOf) =>
    latencyAsCost({ measure: 'latency', reductionRatio }, network, limits, listen(device).context, share);

  it('becomes the least share of MACs at which it is reached', async () => {
    const { target, asked } = await latency(0.4);
    expect(asked!.reachedRatio).toBeGreaterThanOrEqual(0.4);
    // The bisection ends within a 128th: as much less does not reach it. Of the MACs half have to go, 0.2 + 0.8·(1 − 0.5) = 0.6.
    const macsAt = (share: number) =>
      uniformWidths(graph, groups, { measure: 'macs', reductionRatio: share, ...limits }).cost.macs / 40_551_040;
    expect(macsAt(target.reductionRatio)).toBeLessThanOrEqual(0.5);
    expect(macsAt(target.reductionRatio - 1 / 128)).toBeGreaterThan(0.5);
    expect(() => uniformWidths(graph, groups, { ...target, ...limits })).not.toThrow();
  });

  it('that no width can reach is refused with the least time', async () => {
    await expect(latency(0.85)).rejects.toMatchObject({
      code: 'TARGET_OUT_OF_REACH',
      message: expect.stringContaining('still takes 20.2 % of the time'),
    });
  });

  it('is measured in ONNX Runtime where nobody says otherwise', async () => {
    const real = new JobContext({ device, say: () => undefined, signal: new AbortController().signal, now: () => performance.now() });
    // Nothing runs in no time at all, on any machine.
    await expect(resolveTarget({ measure: 'latency', reductionRatio: 0.99999 }, network, limits, real)).rejects.toThrow(
      'of the time on this machine',
    );
  });
});
