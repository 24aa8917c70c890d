import { createGenerator, type Generator } from '@espalier/core';
import type { LabelledBox } from '@espalier/datasets';
import { describe, expect, it } from 'vitest';
import { DetectionTally, type Detection } from './average-precision.ts';
import { meanAveragePrecision } from './curve.ts';

interface Picture {
  readonly objects: readonly LabelledBox[];
  readonly detections: readonly Detection[];
}

/** Up to three objects in rows of their own, some difficult; most are found, some twice, and some detections are false. No two scores are the same. */
function drawPicture(generator: Generator): Picture {
  const box = (row: number) => ({ left: 0, right: 10, top: 20 * row, bottom: 20 * row + 10 });
  const objects = Array.from({ length: generator.integer(4) }, (_, row) => ({
    ...box(row),
    label: generator.integer(3),
    difficult: generator.uniform() < 0.2,
  }));
  const claims = [...objects, ...objects].filter(() => generator.uniform() < 0.6).map(({ label, top }) => ({ label, row: top / 20 }));
  const missing = Array.from({ length: generator.integer(3) }, () => ({ label: generator.integer(3), row: 9 }));
  return { objects, detections: [...claims, ...missing].map(({ label, row }) => ({ ...box(row), label, score: generator.uniform() })) };
}

const tallyOf = (pictures: readonly Picture[]): DetectionTally => {
  const tally = new DetectionTally(3);
  for (const { detections, objects } of pictures) tally.add(detections, objects);
  return tally;
};

describe('pictures that are counted again', () => {
  const generator = createGenerator(2, 'recount');
  const pictures = Array.from({ length: 25 }, () => drawPicture(generator));
  const recount = tallyOf(pictures).recount();

  it('once each are worth what they were', () => {
    expect(recount.precision(new Uint8Array(25).fill(1))).toEqual(meanAveragePrecision(tallyOf(pictures).classes()));
  });

  it('more than once or not at all are worth what as many pictures of their own would be', () => {
    const values = Array.from({ length: 40 }, () => {
      const times = Uint8Array.from(pictures, () => generator.integer(4));
      const copies = pictures.flatMap((picture, place) => Array.from({ length: times[place]! }, () => structuredClone(picture)));
      const expected = meanAveragePrecision(tallyOf(copies).classes());
      expect(recount.precision(times)).toEqual(expected);
      return expected!.area;
    });
    expect(new Set(values).size).toBe(40);
  });

  it('are worth nothing that could be told where those that are left have no object', () => {
    const bare = Uint8Array.from(pictures, ({ objects }) => (objects.every(({ difficult }) => difficult) ? 1 : 0));
    expect(bare.some((times) => times > 0)).toBe(true);
    expect(recount.precision(bare)).toBeNull();
  });
});
