import { createGenerator } from '@espalier/core';
import { overlapOf, type Box } from '@espalier/datasets';
import { describe, expect, it } from 'vitest';
import fixture from '../../fixtures/detection/ssd.json' with { type: 'json' };
import { matchPriors, matchScenes } from './matching.ts';
import { priorBoxes, type PriorBoxes } from './priors.ts';

const boxOf = ([left, top, right, bottom]: readonly number[]): Box => ({ left: left!, top: top!, right: right!, bottom: bottom! });
/** Priors given by their edges. */
const priorsAt = (...boxes: readonly (readonly [number, number, number, number])[]): PriorBoxes => ({
  count: boxes.length,
  values: Float64Array.from(
    boxes.flatMap(([left, top, right, bottom]) => [(left + right) / 2, (top + bottom) / 2, right - left, bottom - top]),
  ),
});

describe('priors and objects', () => {
  it('are matched as torchvision matches them, where no two objects want the same prior', () => {
    const priors: PriorBoxes = { count: fixture.priors.length, values: Float64Array.from(fixture.priors.flat()) };
    fixture.scenes.forEach(({ boxes }, scene) => {
      expect([...matchPriors(boxes.map(boxOf), priors)]).toEqual(fixture.matches[scene]);
    });
    expect(fixture.matches.flat().filter((match) => match >= 0).length).toBeGreaterThan(10);
  });

  it('give each object the prior that it overlaps most, however little, and every prior from one half on', () => {
    // Overlaps with the object [0, 1] × [0, 0.5]: 1/2, 1/4 and 0.
    const object = { left: 0, top: 0, right: 1, bottom: 0.5 };
    expect([...matchPriors([object], priorsAt([0, 0, 1, 1], [0, 0, 0.25, 0.5], [0, 0.5, 1, 1]))]).toEqual([0, -1, -1]);
    expect([...matchPriors([object], priorsAt([0, 0, 1, 0.125], [0, 0, 0.2, 0.5], [0, 0.5, 1, 1]))]).toEqual([0, -1, -1]);
    expect([...matchPriors([object], priorsAt([0, 0, 1, 1], [0, 0, 1, 0.5], [0, 0.01, 1, 0.5]))]).toEqual([0, 0, 0]);
  });

  it('leave no object without a prior where two want the same: the one that overlaps it more has it', () => {
    const priors = priorsAt([0, 0, 1, 1], [0, 0, 0.4, 0.4]);
    const large = { left: 0, top: 0, right: 1, bottom: 0.95 };
    const larger = { left: 0, top: 0, right: 1, bottom: 0.99 };
    expect([...matchPriors([large, larger], priors)]).toEqual([1, 0]);
    expect([...matchPriors([larger, large], priors)]).toEqual([0, 1]);
  });

  it('of equals take the first', () => {
    const priors = priorsAt([0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 1, 1]);
    const whole = { left: 0, top: 0, right: 1, bottom: 1 };
    expect([...matchPriors([whole], priors)]).toEqual([0, 0, 0]);
    expect([...matchPriors([whole, whole], priors)]).toEqual([0, 1, 0]);
    // A fourth object finds no prior left.
    expect([...matchPriors([whole, whole, whole, whole], priors)]).toEqual([0, 1, 2]);
  });

  it('that nowhere meet are not matched', () => {
    expect([...matchPriors([{ left: 0, top: 0, right: 0.1, bottom: 0.1 }], priorsAt([0.5, 0.5, 1, 1]))]).toEqual([-1]);
    expect([...matchPriors([], priorsAt([0, 0, 1, 1]))]).toEqual([-1]);
  });

  it('keep their rules for random scenes on the priors of SSD300', () => {
    const sides = [38, 19, 10, 5, 3, 1];
    const priors = priorBoxes(sides.map((side, index) => ({ height: side, width: side, boxesPerPlace: [4, 6, 6, 6, 4, 4][index]! })));
    const generator = createGenerator(1, 'objects');
    const priorAt = (index: number): Box => {
      const [x, y, width, height] = priors.values.subarray(4 * index, 4 * index + 4);
      return { left: x! - width! / 2, top: y! - height! / 2, right: x! + width! / 2, bottom: y! + height! / 2 };
    };
    for (let scene = 0; scene < 5; scene++) {
      const objects = Array.from({ length: 8 }, () => {
        const [left, top] = [generator.uniform() * 0.8, generator.uniform() * 0.8];
        return {
          left,
          top,
          right: left + 0.02 + generator.uniform() * (0.98 - left),
          bottom: top + 0.02 + generator.uniform() * (0.98 - top),
        };
      });
      const matches = matchPriors(objects, priors);
      objects.forEach((_, object) => expect(matches).toContain(object));
      matches.forEach((match, prior) => {
        if (match < 0) expect(Math.max(...objects.map((object) => overlapOf(object, priorAt(prior))))).toBeLessThan(0.5);
      });
      const forced = [...matches].filter((match, prior) => match >= 0 && overlapOf(objects[match]!, priorAt(prior)) < 0.5);
      expect(forced.length).toBeLessThanOrEqual(objects.length);
    }
  });
});

describe('what a detector should answer', () => {
  it('is the background, or 1 + the label with offsets, also for difficult objects', () => {
    const priors = priorsAt([0, 0, 0.5, 0.5], [0.5, 0.5, 1, 1]);
    const object = { left: 0.5, top: 0.5, right: 0.9, bottom: 1, label: 4, difficult: true };
    const { labels, offsets } = matchScenes([[], [object]], priors);
    expect([...labels]).toEqual([0, 0, 0, 5]);
    // The centre is 0.05 to the left of the prior's, a tenth of its width, over a variance of 0.1; the width is 0.8 of its width.
    expect([...offsets]).toEqual([...Array<number>(12).fill(0), -1, 0, Math.log(0.8) / 0.2, 0].map((value) => expect.closeTo(value, 5)));
  });
});
