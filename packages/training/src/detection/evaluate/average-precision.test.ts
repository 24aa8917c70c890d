import type { LabelledBox } from '@espalier/datasets';
import { describe, expect, it } from 'vitest';
import fixture from '../../../fixtures/detection-evaluation/precision.json' with { type: 'json' };
import { averagePrecisionOf, DetectionTally, type ClassPrecision, type Detection } from './average-precision.ts';
import { meanAveragePrecision } from './curve.ts';

/** The same sums in another order. */
const rounding = 12;
/** mean-average-precision keeps its results in single precision. */
const singlePrecision = 6;

const boxOf = ([left, top, right, bottom]: readonly number[]) => ({ left: left!, top: top!, right: right!, bottom: bottom! });
const object = (box: readonly number[], label = 0, difficult = false): LabelledBox => ({ ...boxOf(box), label, difficult });
const claim = (score: number, box: readonly number[], label = 0): Detection => ({ ...boxOf(box), label, score });

function judged(...pictures: readonly (readonly [readonly Detection[], readonly LabelledBox[]])[]): ClassPrecision[] {
  const tally = new DetectionTally(2);
  for (const [detections, objects] of pictures) tally.add(detections, objects);
  return tally.classes();
}

const whole = [0, 0, 10, 10];
const elsewhere = [20, 20, 30, 30];

describe('average precision', () => {
  it.each(fixture.cases)('of random pictures is that of other programs, for $objects objects by class', (sample) => {
    const tally = new DetectionTally(sample.classes);
    for (const { objects, detections } of sample.pictures) {
      tally.add(
        detections.map(({ score, box, label }) => claim(score, box, label)),
        objects.map(({ box, label, difficult }) => object(box, label, difficult)),
      );
    }
    const classes = tally.classes();
    const mean = meanAveragePrecision(classes)!;
    expect(classes.map(({ objects }) => objects)).toEqual(sample.objects);
    const { gluoncv, meanAveragePrecision: pandas } = sample;
    for (const [others, digits] of [[gluoncv, rounding], ...(pandas ? [[pandas, singlePrecision] as const] : [])] as const) {
      for (const definition of ['voc07', 'area'] as const) {
        expect(mean[definition]).toBeCloseTo(others[definition].mean, digits);
        classes.forEach(({ averagePrecision }, label) =>
          expect(averagePrecision![definition]).toBeCloseTo(others[definition].classes[label]!, digits),
        );
      }
    }
  });

  it('is by hand: a hit, a false one, a hit, of three objects', () => {
    // Precision 1 up to a recall of 1/3, 2/3 up to 2/3, nothing beyond. Eleven points: 4 at 1 (0 to 0.3), 3 at 2/3 (0.4 to 0.6).
    const { voc07, area } = averagePrecisionOf([true, false, true], 3);
    expect(voc07).toBeCloseTo((4 * 1 + 3 * (2 / 3)) / 11, 15);
    expect(area).toBeCloseTo((1 + 2 / 3) / 3, 15);
  });

  it('counts the best precision at a recall or beyond it', () => {
    // Precisions at the hits are 1/2 and 2/3: at either recall 2/3 can be had.
    expect(averagePrecisionOf([false, true, true], 2)).toEqual({ voc07: expect.closeTo(2 / 3, 15), area: expect.closeTo(2 / 3, 15) });
  });

  it('reaches a recall of just 0.3 with three of ten objects', () => {
    const { voc07, area } = averagePrecisionOf([true, true, true], 10);
    expect(voc07).toBeCloseTo(4 / 11, 15);
    expect(area).toBeCloseTo(0.3, 15);
  });

  it('is 1 where all is found and nothing else, 0 where nothing is', () => {
    expect(averagePrecisionOf([true, true], 2)).toEqual({ voc07: 1, area: 1 });
    expect(averagePrecisionOf([], 2)).toEqual({ voc07: 0, area: 0 });
    expect(averagePrecisionOf([false], 2)).toEqual({ voc07: 0, area: 0 });
  });
});

describe('a detection', () => {
  it('of an object that a better one found is false', () => {
    const [{ averagePrecision }] = judged([
      [claim(0.8, whole), claim(0.9, whole)],
      [object(whole), object(elsewhere)],
    ]) as [ClassPrecision];
    // A hit and a false one, of two objects. Were the second one a hit as well, the area would be 1.
    expect(averagePrecision!.area).toBe(0.5);
  });

  it('goes to the object that it overlaps most, even when that one is taken', () => {
    const near = [0, 0, 10, 8];
    const [{ averagePrecision }] = judged([
      [claim(0.9, whole), claim(0.8, whole)],
      [object(whole), object(near)],
    ]) as [ClassPrecision];
    expect(averagePrecision!.area).toBe(0.5);
  });

  it('of a difficult object counts neither way, and none is missed there', () => {
    const alone = judged([[claim(0.9, whole)], [object(whole)]]);
    const beside = judged([
      [claim(0.95, elsewhere), claim(0.9, whole), claim(0.5, elsewhere)],
      [object(whole), object(elsewhere, 0, true)],
    ]);
    expect(beside).toEqual(alone);
    expect(alone[0]).toEqual({ objects: 1, averagePrecision: { voc07: 1, area: 1 } });
  });

  it('hits from an overlap of a half', () => {
    // 10 · 5 of 10 · 10 is just a half; a strip less is not.
    const hit = (bottom: number): number => judged([[claim(0.9, [0, 0, 10, bottom])], [object(whole)]])[0]!.averagePrecision!.area;
    expect([hit(5), hit(4.99)]).toEqual([1, 0]);
  });

  it('hits nothing of another class or another picture', () => {
    const [first, second] = judged([[claim(0.9, whole, 1)], [object(whole)]], [[claim(0.8, whole)], []]);
    expect(first!.averagePrecision!.area).toBe(0);
    expect(second).toEqual({ objects: 0, averagePrecision: null });
  });
});

describe('the mean', () => {
  it('is over the classes that have objects', () => {
    const classes = judged([[claim(0.9, whole), claim(0.9, whole, 1)], [object(whole)]]);
    expect(meanAveragePrecision(classes)).toEqual({ voc07: 1, area: 1 });
  });

  it('is nothing where no object counts', () => {
    expect(meanAveragePrecision(judged([[claim(0.9, whole)], [object(whole, 0, true)]]))).toBeNull();
  });
});
