import type { Generator } from '@espalier/core';
import { keepQuotas } from '../../selection/quota.ts';
import { weightedSample } from '../../selection/sample.ts';

export interface SelectionRequest {
  /** S of each channel. */
  readonly bins: Int32Array;
  /** Whether all weights of a channel are exactly zero: such a channel carries nothing and goes before any other. */
  readonly isDead: readonly boolean[];
  readonly keep: number;
  /** Chances of survival within a bin; null for equal ones. */
  readonly chances: readonly number[] | null;
  /** The generator for one bin. */
  generator(bin: number | 'dead'): Generator;
}

/**
 * The channels that stay, ascending. Each bin of look-alikes keeps random members in proportion to its size, and at least one where there are
 * enough places (the paper leaves ⌈n·(1 − rate)⌉ of a bin; the quotas bring the sum of these to `keep`). Bins are drawn from one by one, each
 * with a generator of its own, so that a change in one bin leaves the choice in the others alone.
 */
export function selectSurvivors({ bins, isDead, keep, chances, generator }: SelectionRequest): number[] {
  const members = new Map<number, number[]>();
  const dead: number[] = [];
  bins.forEach((bin, channel) => {
    if (isDead[channel] === true) dead.push(channel);
    else members.set(bin, [...(members.get(bin) ?? []), channel]);
  });
  const living = bins.length - dead.length;
  const ascendingBins = [...members.keys()].sort((a, b) => a - b);
  const quotas = keepQuotas(
    ascendingBins.map((bin) => members.get(bin)!.length),
    Math.min(keep, living),
  );
  const survivors = ascendingBins.flatMap((bin, index) => {
    const candidates = members.get(bin)!;
    const quota = quotas[index]!;
    if (chances === null) return generator(bin).sample(candidates, quota);
    return weightedSample(
      candidates,
      candidates.map((channel) => chances[channel]!),
      quota,
      generator(bin),
    );
  });
  const revived = keep > living ? generator('dead').sample(dead, keep - living) : [];
  return [...survivors, ...revived].sort((a, b) => a - b);
}
