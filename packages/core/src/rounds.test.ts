import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { remainderOf, targetOfRound, type Remainder } from './index.ts';

const leaves = (share: number, groups: Remainder['groups'] = []): Remainder => ({ share, groups });
const cut = (group: string, before: number, after: number): Remainder => leaves(after / before, [{ group, before, after }]);
const ofMacs = (reductionRatio: number, rounds: number, ...before: (Remainder | undefined)[]): number | undefined =>
  targetOfRound({ measure: 'macs', reductionRatio }, rounds, before)?.reductionRatio;

describe('the target of a round', () => {
  const anyRatio = fc.double({ min: 0.01, max: 0.99, noNaN: true });

  it('is the same share in all of them, where each removes just that', () => {
    fc.assert(
      fc.property(anyRatio, fc.integer({ min: 1, max: 50 }), (ratio, rounds) => {
        const first = ofMacs(ratio, rounds)!;
        expect((1 - first) ** rounds).toBeCloseTo(1 - ratio, 9);
        const exactly = Array.from({ length: rounds - 1 }, () => leaves(1 - first));
        expect(ofMacs(ratio, rounds, ...exactly)).toBeCloseTo(first, 6);
      }),
    );
  });

  it('ends at what was asked for, however much the rounds before removed of it', () => {
    const anyShares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(anyRatio, anyShares, (ratio, shares) => {
        const rounds = shares.length + 1;
        let left = 1;
        const before: Remainder[] = [];
        for (const more of shares) {
          const share = ofMacs(ratio, rounds, ...before);
          if (share === undefined) break;
          // Somewhere between the round's share and all that is left to go.
          const removed = share + more * (1 - (1 - ratio) / left - share);
          before.push(leaves(1 - removed));
          left *= 1 - removed;
        }
        const last = ofMacs(ratio, rounds, ...before) ?? 0;
        if (before.length === rounds - 1) expect(left * (1 - last)).toBeCloseTo(1 - ratio, 8);
      }),
    );
  });

  it('of a single round is the recipe’s, to the last digit', () => {
    const target = { measure: 'parameters' as const, reductionRatio: 0.3 };
    expect(targetOfRound(target, 1, [])).toEqual(target);
    const channels = { measure: 'channels' as const, reductionRatio: 0.3, groups: { conv: 0.7 } };
    expect(targetOfRound(channels, 1, [])).toEqual(channels);
  });

  // 1 − √(1 − 0.75) = 0.5: two rounds of a half each leave a quarter. Where the first has left 0.4, 0.4 · (1 − 0.375) = 0.25.
  it('of two rounds for three quarters', () => {
    expect(ofMacs(0.75, 2)).toBeCloseTo(0.5, 12);
    expect(ofMacs(0.75, 2, leaves(0.5))).toBeCloseTo(0.5, 12);
    expect(ofMacs(0.75, 2, leaves(0.4))).toBeCloseTo(0.375, 12);
  });

  it('is none where nothing is to go any more', () => {
    expect(ofMacs(0.75, 3, leaves(0.2))).toBeUndefined();
    expect(ofMacs(0.75, 3, leaves(0.5), leaves(0.5))).toBeUndefined();
    expect(targetOfRound({ measure: 'latency', reductionRatio: 0.5 }, 2, [leaves(0.5 + 1e-12)])).toBeNull();
  });

  it('takes a round of which nothing is known for one that removed just its share', () => {
    expect(ofMacs(0.875, 3, undefined)).toBeCloseTo(0.5, 12);
    expect(ofMacs(0.875, 3, undefined, leaves(0.4))).toBeCloseTo(0.375, 12);
  });

  describe('of channels', () => {
    const target = { measure: 'channels' as const, reductionRatio: 0.5, groups: { wide: 0.75, whole: 0 } };

    it('goes by what is left of each group', () => {
      expect(targetOfRound(target, 2, [])).toEqual({
        measure: 'channels',
        reductionRatio: expect.closeTo(1 - Math.SQRT1_2, 12),
        groups: { wide: expect.closeTo(0.5, 12), whole: 0 },
      });
      const second = targetOfRound(target, 2, [leaves(0.6, [...cut('wide', 64, 20).groups, ...cut('conv', 16, 11).groups])]);
      // 64 · 0.25 = 16 of 20 stay, 16 · 0.5 = 8 of 11; a group that stayed as it was has its whole way to go.
      expect(second).toEqual({
        measure: 'channels',
        reductionRatio: expect.closeTo(0.5, 12),
        groups: { wide: expect.closeTo(0.2, 12), whole: 0, conv: expect.closeTo(3 / 11, 12) },
      });
    });

    it('asks for no more of a group that is done, or of which one channel is left', () => {
      const { groups } = leaves(0.5, [...cut('wide', 3, 1).groups, ...cut('conv', 16, 8).groups]);
      expect(targetOfRound(target, 3, [leaves(0.5, [...groups, ...cut('other', 16, 9).groups])])).toMatchObject({
        groups: { wide: 0, conv: 0 },
      });
      expect(targetOfRound(target, 3, [leaves(0.5, groups)])).toBeNull();
    });
  });
});

it('what a round leaves is told by its analysis: the share of the measure, and the groups that are narrower', () => {
  const cost = { parameters: 10, macs: 100 };
  const group = { before: 16, reason: null };
  const groups = [
    { ...group, group: 'a', after: 12 },
    { ...group, group: 'b', after: 16 },
  ];
  expect(remainderOf({ kind: 'analyse', before: cost, predicted: cost, reachedRatio: 0.25, groups })).toEqual({
    share: 0.75,
    groups: [{ group: 'a', before: 16, after: 12 }],
  });
});
