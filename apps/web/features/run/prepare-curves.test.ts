import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepareCurves, thinOut } from './prepare-curves.ts';

const panel = (title: string, series: Record<string, [number, number][]>) => {
  const map = new Map(Object.entries(series).map(([name, points]) => [name, points.map(([step, value]) => ({ step, value }))]));
  return prepareCurves(map).find((one) => one.title === title)!;
};

describe('the curves of a run', () => {
  it('are loss, accuracy and learning rate even before there is a point', () => {
    expect(prepareCurves(new Map()).map(({ title, rows }) => [title, rows.length])).toEqual([
      ['Loss', 0],
      ['Accuracy', 0],
      ['Learning rate', 0],
    ]);
  });

  it('draw training and validation against one axis', () => {
    const accuracy = panel('Accuracy', {
      'train/accuracy': [
        [10, 0.4],
        [20, 0.6],
      ],
      'train/validation-accuracy': [[20, 0.55]],
    });
    expect(accuracy.lines).toEqual([
      { key: 'accuracy', label: 'training', latest: 0.6 },
      { key: 'validation-accuracy', label: 'validation', latest: 0.55 },
    ]);
    expect(accuracy.rows).toEqual([
      { step: 10, accuracy: 0.4 },
      { step: 20, accuracy: 0.6, 'validation-accuracy': 0.55 },
    ]);
  });

  it('of a search have a chart of their own, whose steps are candidates and move no other axis', () => {
    const training: Record<string, [number, number][]> = { 'retrain/1/loss': [[100, 1]], 'retrain/2/loss': [[100, 0.5]] };
    const search: Record<string, [number, number][]> = {
      'search/1/fitness': [
        [1, 0.5],
        [2, 0.7],
      ],
      'search/1/best-fitness': [[2, 0.7]],
      'search/2/fitness': [[1, 0.6]],
    };
    expect(panel('Loss', { ...search, ...training })).toEqual(panel('Loss', training));
    expect(panel('Search', training)).toBeUndefined();
    expect(panel('Search', { ...training, ...search })).toMatchObject({
      lines: [
        { key: 'fitness', label: 'candidate', latest: 0.6 },
        { key: 'best-fitness', label: 'best', latest: 0.7 },
      ],
      rows: [
        { step: 1, fitness: 0.5 },
        { step: 2, fitness: 0.7, 'best-fitness': 0.7 },
        { step: 4, fitness: 0.6 },
      ],
      roundStarts: [{ step: 3, label: 'round 2' }],
    });
  });

  it('of a detector show its mean average precision where a classifier has its accuracy', () => {
    const titles = (...names: string[]) =>
      prepareCurves(new Map(names.map((name) => [name, [{ step: 1, value: 0.5 }]]))).map(({ title }) => title);
    const detector = [
      'train/loss',
      'train/localisation',
      'train/validation-mean-average-precision',
      'train/validation-mean-average-precision-area',
    ];
    expect(titles(...detector)).toEqual(['Loss', 'Mean average precision', 'Learning rate']);
    expect(titles('train/loss')).toEqual(['Loss', 'Accuracy', 'Learning rate']);
  });

  it('put the rounds of a compression one after the other, the tenth after the second', () => {
    const loss = panel('Loss', {
      'retrain/10/loss': [[1, 0.1]],
      'retrain/2/loss': [[5, 0.2]],
      'retrain/1/loss': [
        [0, 1],
        [9, 0.5],
      ],
    });
    expect(loss.rows.map(({ step, loss }) => [step, loss])).toEqual([
      [0, 1],
      [9, 0.5],
      [15, 0.2],
      [17, 0.1],
    ]);
    expect(loss.roundStarts).toEqual([
      { step: 10, label: 'round 2' },
      { step: 16, label: 'round 10' },
    ]);
  });

  it('mark losses from zero, accuracies up to 100 %, and steps in round numbers', () => {
    const ends = (ticks: number[]) => [ticks[0], ticks.at(-1)];
    const loss = panel('Loss', { 'train/loss': [[640, 2.1]] });
    expect([ends(loss.valueTicks), ends(loss.stepTicks)]).toEqual([
      [0, 3],
      [0, 800],
    ]);
    expect(ends(panel('Accuracy', { 'train/accuracy': [[1, 0.93]] }).valueTicks)).toEqual([0.8, 1]);
    expect(ends(panel('Accuracy', { 'train/accuracy': [[1, 0.02]] }).valueTicks)).toEqual([0, 1]);
  });
});

describe('thinning out', () => {
  it('keeps the extremes, the last point and the order, within the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 2000 }), (values) => {
        const points = values.map((value, step) => ({ step, value }));
        const kept = thinOut(points, 100);
        expect(kept.length).toBeLessThanOrEqual(101);
        expect(kept.at(-1)).toBe(points.at(-1));
        expect(Math.max(...kept.map(({ value }) => value))).toBe(Math.max(...values));
        expect(Math.min(...kept.map(({ value }) => value))).toBe(Math.min(...values));
        expect(kept.map(({ step }) => step)).toEqual(kept.map(({ step }) => step).sort((a, b) => a - b));
      }),
    );
  });
});
