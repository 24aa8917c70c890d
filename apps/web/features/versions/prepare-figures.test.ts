import { describe, expect, it } from 'vitest';
import { versionFigures } from './prepare-figures.ts';

const plain = (text: string | undefined) => text?.replaceAll('\u00a0', ' ').replaceAll('\u2212', '-');
const costs = { parameters: 100, macs: 2000, bytes: 400 };
const measured = { split: 'test', examples: 500, ...costs, latency: null };
const nothing = { ...costs, measurement: null, detection: null };
const classifier = (accuracy: number, top5: number | null = null) => ({
  ...nothing,
  measurement: { ...measured, accuracy, top5, loss: 0.1 },
});
const detector = (voc07: number, area: number) => ({
  ...nothing,
  detection: { ...measured, meanAveragePrecision: { voc07, area }, classes: [] },
});
const first = (version: Parameters<typeof versionFigures>[0]) => {
  const { label, value, detail } = versionFigures(version)[0]!;
  return [label, value, detail].map(plain);
};

describe('the first figure of a version', () => {
  it('is the accuracy of a classifier', () => {
    expect(first({ ...classifier(0.975), parent: null })).toEqual(['Accuracy', '97.50 %', 'top-1, test split, 500 examples']);
    expect(first({ ...classifier(0.975), parent: classifier(0.98) })[2]).toBe('-0.50 pt against its parent');
    expect(first({ ...classifier(0.7, 0.9), parent: null })[2]).toBe('top-1, test split, 500 examples; top-5 90.00 %');
  });

  it('is the mean average precision of a detector, with both definitions named', () => {
    expect(first({ ...detector(0.72, 0.74), parent: null })).toEqual([
      'Mean average precision',
      '72.00 %',
      'test split, 500 pictures; VOC 2007, area under the curve 74.00 %',
    ]);
    expect(first({ ...detector(0.72, 0.74), parent: detector(0.75, 0.76) })[2]).toMatch(/^-3.00 pt against its parent; VOC 2007/);
  });

  it('says that nothing was measured', () => {
    expect(first({ ...nothing, parent: null })).toEqual(['Accuracy', '–', 'not measured']);
  });
});
