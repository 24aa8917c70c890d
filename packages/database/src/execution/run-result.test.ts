import { RecipeSchema, type ClassificationMeasurement, type JobResult, type Measurement } from '@espalier/core';
import { describe, expect, it } from 'vitest';
import { RunResultSchema, withFindings } from './run-result.ts';

const measured = (macs: number, parameters: number): ClassificationMeasurement => ({
  split: 'test',
  examples: 10,
  accuracy: 0.9,
  loss: 0.3,
  bytes: 4 * parameters,
  parameters,
  macs,
});
const width = (layer: string, before: number, after: number) => ({ layer, type: 'Conv2D', group: null, before, after });
const compression = (measure: 'macs' | 'parameters') =>
  RecipeSchema.parse({
    kind: 'compression',
    method: { name: 'exp' },
    target: { measure, reductionRatio: 0.5 },
    retraining: { epochs: 1, learningRate: 0.1 },
  });
const training = RecipeSchema.parse({ kind: 'training', training: { epochs: 1, learningRate: 0.1 } });
const nothing = RunResultSchema.parse({});
const pruned = (...widths: ReturnType<typeof width>[]): JobResult => ({
  kind: 'prune',
  before: { parameters: 1, macs: 1 },
  after: { parameters: 1, macs: 1 },
  maskedDifference: 0,
  widths,
  measurement: measured(600, 60),
});
const evaluated = (measurements: Record<string, Measurement>): JobResult => ({ kind: 'evaluate', measurements, layers: {} });

describe("a run's result", () => {
  it('keeps over several rounds what the first one met and the last one left', () => {
    const first = withFindings(nothing, compression('macs'), pruned(width('conv1', 16, 12), width('conv2', 32, 32)));
    const second = withFindings(first, compression('macs'), pruned(width('conv1', 12, 8), width('conv2', 32, 20)));
    expect(second.widths).toEqual([width('conv1', 16, 8), width('conv2', 32, 20)]);
    expect(second.afterPruning).toEqual(measured(600, 60));
  });

  // Of 1000 MACs 400 are left, 1 − 400/1000 = 0.6; of 100 parameters 75, 1 − 75/100 = 0.25.
  it.each([
    ['macs', 0.6],
    ['parameters', 0.25],
  ] as const)('says what was reached of a target in %s', (measure, reachedRatio) => {
    const found = evaluated({ before: measured(1000, 100), after: measured(400, 75) });
    const result = withFindings(nothing, compression(measure), found);
    expect(result.target).toEqual({ measure, askedRatio: 0.5, reachedRatio });
    expect([result.before?.macs, result.after?.macs]).toEqual([1000, 400]);
  });

  it('of a detector keeps its mean average precision, class by class', () => {
    const { accuracy: _accuracy, loss: _loss, ...costs } = measured(400, 75);
    const precision = { voc07: 0.7, area: 0.72 };
    const detected = {
      ...costs,
      meanAveragePrecision: precision,
      classes: [
        { name: 'disc', objects: 3, averagePrecision: precision },
        { name: 'ring', objects: 0, averagePrecision: null },
      ],
    };
    const found = evaluated({ before: { ...detected, macs: 1000 }, after: detected });
    const result = withFindings(nothing, compression('macs'), found);
    expect(RunResultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
    expect(result.after).toEqual(detected);
    expect(result.target?.reachedRatio).toBe(0.6);
  });

  it('of a training has no target', () => {
    const result = withFindings(nothing, training, evaluated({ after: measured(1000, 100) }));
    expect(result).toEqual({ widths: [], after: measured(1000, 100) });
  });
});
