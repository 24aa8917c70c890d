import type { NetworkData } from '@espalier/core';
import { TopologyBuilder } from '@espalier/network/testing';
import { describe, expect, it } from 'vitest';
import { randomWeights } from '../../test/random-weights.ts';
import { encodeOnnx } from '../onnx/encode.ts';
import { compareLatency, countOutliers, measureLatency } from './latency.ts';

function small(filters = 2): NetworkData {
  const net = new TopologyBuilder([4, 4, 3]);
  return randomWeights(net.topology(net.conv(net.input, filters)), 1);
}

/** A clock on which the n-th run takes `took(n)` and nothing else takes any time. It is read before all runs, then before and after each. */
function clockOf(took: (run: number) => number): () => number {
  let now = 0;
  let reading = -1;
  return () => {
    const isAfterRun = reading >= 0 && reading % 2 === 1;
    if (isAfterRun) now += took((reading - 1) / 2);
    reading += 1;
    return now;
  };
}

describe('latency', () => {
  it('is the median of the runs after the warm-up, with an interval and what it was measured on', async () => {
    const clock = clockOf((run) => (run < 5 ? 1000 : run - 4));
    const measured = await measureLatency(small(), { warmUp: 5, repetitions: 19, threads: 1, batch: 2, clock });
    expect(measured).toMatchObject({ medianMs: 10, lowMs: 5, highMs: 15, repetitions: 19, warmUp: 5, threads: 1, batch: 2, outliers: 0 });
    expect(measured.runtime).toMatch(/^ONNX Runtime \d+\.\d+\.\d+$/);
    expect(measured.processors).toBeGreaterThan(0);
  });

  it('is measured of an ONNX file as well', async () => {
    const measured = await measureLatency(encodeOnnx(small()), { warmUp: 1, repetitions: 5 });
    expect(measured.repetitions).toBe(5);
    expect(measured.medianMs).toBeGreaterThan(0);
  });

  it('stops early when the budget is spent, but not before 20 runs', async () => {
    const settings = { warmUp: 0, repetitions: 1000, budgetMs: 100 };
    expect(await measureLatency(small(), { ...settings, clock: () => 0 })).toMatchObject({ repetitions: 1000 });
    let now = 0;
    const slow = () => (now += 50);
    expect(await measureLatency(small(), { ...settings, clock: slow })).toMatchObject({ repetitions: 20 });
  });

  it('refuses counts that are none', async () => {
    await expect(measureLatency(small(), { threads: 0 })).rejects.toThrow('threads must be a whole number of at least 1, but is 0');
    await expect(measureLatency(small(), { warmUp: -1 })).rejects.toThrow('warmUp must be a whole number of at least 0');
  });

  it('counts as outliers what lies beyond the outer fence', () => {
    // Quartiles 2 and 4: the fence is at 4 + 3 · 2 = 10.
    expect(countOutliers([1, 2, 3, 4, 10])).toBe(0);
    expect(countOutliers([1, 2, 3, 4, 10.5])).toBe(1);
  });
});

describe('two latencies', () => {
  /** Runs go a b, b a, a b, …; `ratio(round)` is what b takes where a takes 10. */
  const inTurn = (ratio: (round: number) => number) =>
    clockOf((run) => {
      const round = Math.floor(run / 2);
      const isB = (run % 2 === 1) === (round % 2 === 0);
      return isB ? 10 * ratio(round) : 10;
    });

  it.each([
    ['faster', () => 0.9, { median: 0.9, low: 0.9, high: 0.9 }],
    ['slower', () => 1.1, { median: 1.1, low: 1.1, high: 1.1 }],
    ['no difference', (round: number) => (round % 2 === 0 ? 0.9 : 1.1), { median: 1, low: 0.9, high: 1.1 }],
  ] as const)('are called %s by the interval of their ratio', async (verdict, ratio, expected) => {
    const compared = await compareLatency(small(2), small(4), { warmUp: 0, repetitions: 100, clock: inTurn(ratio) });
    expect(compared.verdict).toBe(verdict);
    for (const key of ['median', 'low', 'high'] as const) expect(compared.ratio[key]).toBeCloseTo(expected[key], 10);
    expect(compared.a.medianMs).toBeCloseTo(10, 10);
  });

  it('see the machine alike: a slow moment meets both', async () => {
    const slowing = clockOf((run) => (Math.floor(run / 2) + 1) * 10);
    expect(await compareLatency(small(2), small(4), { warmUp: 0, repetitions: 50, clock: slowing })).toMatchObject({
      verdict: 'no difference',
      ratio: { median: 1, low: 1, high: 1 },
    });
  });
});
