import type { JobResult } from './protocol/message.ts';
import type { Target } from './recipe.ts';

/** What one round of a compression has left of the network that it was given. */
export interface Remainder {
  /** Of the target's measure, in [0, 1]. */
  readonly share: number;
  /** The dependency groups that have become narrower, in channels. */
  readonly groups: readonly { readonly group: string; readonly before: number; readonly after: number }[];
}

/** @param analysis of the round: what it chose is what is cut. */
export const remainderOf = ({ reachedRatio, groups }: Extract<JobResult, { kind: 'analyse' }>): Remainder => ({
  share: 1 - reachedRatio,
  groups: groups.filter(({ before, after }) => after < before).map(({ group, before, after }) => ({ group, before, after })),
});

/** Less is no share of any network: it is what binary fractions leave over. */
const nothing = 1e-9;

/**
 * The target of the round that follows those of which the remainders are given, in a run of `rounds`. What is still to go is divided evenly among the rounds to
 * come: each removes the same share s of what it is given, so that (1 − R) of the original is left after the last, s = 1 − ((1 − R) / left)^(1/to come). Whole
 * channels overshoot their share; reckoned from what is left, the rounds behind make up for it, and the last ends at R and not beyond. Shares of channels are
 * reckoned in the same way, for each group.
 * @param before of the rounds before this one, in their order; undefined where it isn't known, which counts as exactly the round's share.
 * @returns null where nothing is to go any more.
 */
export function targetOfRound(target: Target, rounds: number, before: readonly (Remainder | undefined)[]): Target | null {
  const shareOf = (ratio: number, left: (remainder: Remainder) => number): number => shareOfRound(ratio, rounds, before, left);
  if (target.measure !== 'channels') {
    const reductionRatio = shareOf(target.reductionRatio, ({ share }) => share);
    return reductionRatio === 0 ? null : { ...target, reductionRatio };
  }
  const narrowed = before.flatMap((remainder) => remainder?.groups ?? []);
  const ids = new Set([...Object.keys(target.groups), ...narrowed.map(({ group }) => group)]);
  const shareOfGroup = (id: string): number => {
    // What has come down to one channel can't be cut, whatever was asked for.
    if (narrowed.findLast(({ group }) => group === id)?.after === 1) return 0;
    return shareOf(target.groups[id] ?? target.reductionRatio, ({ groups }) => {
      const width = groups.find(({ group }) => group === id);
      return width === undefined ? 1 : width.after / width.before;
    });
  };
  const groups = Object.fromEntries(Array.from(ids, (id) => [id, shareOfGroup(id)]));
  // A group that no round has made narrower is at its floor: none will.
  if (narrowed.length > 0 && Object.values(groups).every((share) => share === 0)) return null;
  return { ...target, reductionRatio: shareOf(target.reductionRatio, () => 1), groups };
}

function shareOfRound(
  ratio: number,
  rounds: number,
  before: readonly (Remainder | undefined)[],
  leftBy: (remainder: Remainder) => number,
): number {
  if (rounds === 1) return ratio;
  let left = 1;
  const share = (toCome: number): number => {
    const exact = 1 - ((1 - ratio) / left) ** (1 / toCome);
    return exact < nothing ? 0 : exact;
  };
  before.forEach((remainder, index) => {
    left *= remainder === undefined ? 1 - share(rounds - index) : leftBy(remainder);
  });
  return share(rounds - before.length);
}
