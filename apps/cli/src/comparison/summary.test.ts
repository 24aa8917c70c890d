import { EspalierError } from '@espalier/core';
import { describe, expect, it } from 'vitest';
import type { ClassifierStanding } from '../compress/result.ts';
import { orRefusal, type Cell } from './comparison.ts';
import { paretoPlot } from './plot.ts';
import { comparisonReport } from './report.ts';
import { summarise } from './summary.ts';

const standing = (accuracy: number, macs: number): ClassifierStanding => ({ accuracy, loss: 0, macs, parameters: macs / 10, bytes: 1 });
const cell = (method: string, removed: number, seed: number, accuracy: number): Cell => ({
  network: 'net<1>',
  method,
  target: { measure: 'macs', reductionRatio: removed },
  seed,
  before: standing(0.98, 1000),
  afterPruning: standing(accuracy - 0.2, 1000 * (1 - removed)),
  after: standing(accuracy, 1000 * (1 - removed)),
});
/** Two methods at two targets with two seeds; `good` is better everywhere. */
const cells = [
  cell('poor', 0.5, 1, 0.8),
  cell('good', 0.5, 1, 0.9),
  cell('poor', 0.75, 1, 0.6),
  cell('good', 0.75, 1, 0.8),
  cell('poor', 0.5, 2, 0.7),
  cell('good', 0.5, 2, 0.96),
  cell('poor', 0.75, 2, 0.5),
  cell('good', 0.75, 2, 0.82),
];

describe('a comparison', () => {
  const summary = summarise(cells, 10);

  it('has a row for each method and target, over the seeds', () => {
    expect(summary.rows).toHaveLength(4);
    const [row] = summary.rows.filter(({ method, target }) => method === 'good' && target.reductionRatio === 0.5);
    expect(row).toMatchObject({ seeds: 2, macs: 0.5, parameters: 0.5 });
    expect(row!.accuracy.mean).toBeCloseTo(0.93, 12);
    expect([row!.accuracy.least, row!.accuracy.most]).toEqual([0.9, 0.96]);
  });

  it('ranks the methods by the area that their mean points dominate', () => {
    expect(summary.worth.map(({ method }) => method)).toEqual(['good', 'poor']);
    // From (0.25, 0.81) to (0.5, 0.93) to 1, above chance 0.1: 0.25 · 0.71 + 0.5 · 0.83, of a rectangle of 0.9.
    expect(summary.worth[0]!.hypervolume.estimate).toBeCloseTo((0.25 * 0.71 + 0.5 * 0.83) / 0.9, 12);
    for (const { hypervolume } of summary.worth) {
      expect(hypervolume.low).toBeLessThanOrEqual(hypervolume.estimate);
      expect(hypervolume.high).toBeGreaterThanOrEqual(hypervolume.estimate);
    }
    expect(summarise(cells, 10)).toEqual(summary);
  });

  it('is drawn with a point for each row and the names of the methods', () => {
    const svg = paretoPlot(summary, 'net<1>');
    expect(svg).toContain('net&lt;1&gt;');
    expect(svg.match(/<polyline/g)).toHaveLength(2);
    // Two points and one sample of the legend for the first method, whose mark is a circle.
    expect(svg.match(/<circle/g)).toHaveLength(3);
    expect(svg).toContain('>good</text>');
  });

  it('is written with the best first', () => {
    const text = comparisonReport(summary, {
      seeds: [1, 2],
      retraining: { epochs: 2, batchSize: 64, learningRate: 0.02 } as never,
      distillation: null,
    });
    expect(text.indexOf('| good | 93.00 % (90.00 % to 96.00 %)')).toBeGreaterThan(0);
    expect(text.indexOf('| good | 93.00 %')).toBeLessThan(text.indexOf('| poor | 75.00 %'));
  });

  it('goes on past what a method refuses, and says so', async () => {
    const failing = (code: 'TARGET_OUT_OF_REACH' | 'BAD_NETWORK') =>
      orRefusal(() => Promise.reject(new EspalierError(code, 'at most 3 % can be removed')));
    const refusal = await failing('TARGET_OUT_OF_REACH');
    expect(refusal).toMatchObject({ message: 'at most 3 % can be removed' });
    await expect(failing('BAD_NETWORK')).rejects.toThrow('at most 3 %');
    expect(await orRefusal(() => Promise.resolve('made'))).toBe('made');

    const { target } = cells[0]!;
    const refusals = [{ network: 'net<1>', method: 'slimming', target, seed: 1, why: (refusal as EspalierError).message }];
    const settings = { seeds: [1, 2], retraining: { epochs: 2, batchSize: 64, learningRate: 0.02 } as never, distillation: null };
    const [without, text] = [comparisonReport(summary, settings), comparisonReport(summary, settings, refusals)];
    expect(text).toContain('| net<1> | slimming | macs 0.5 | 1 | at most 3 % can be removed |');
    expect(without).not.toContain('Refused');
  });
});
