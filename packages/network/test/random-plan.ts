import { createGenerator } from '@espalier/core';
import type { DependencyGroup } from '../src/channels/groups.ts';
import type { KeepLists } from '../src/plan/plan.ts';

/** Keeps between `least` and all channels of every prunable group, drawn from `seed`; cuts at least one channel where there is any to cut. */
export function randomPlan(groups: readonly DependencyGroup[], seed: number, least = 1): KeepLists {
  const generator = createGenerator(seed, 'plan');
  const prunable = groups.filter((group) => group.prunable && group.channels > least);
  const mustCut = prunable.length === 0 ? -1 : generator.integer(prunable.length);
  const keep = Object.fromEntries(
    prunable.map(({ id, channels }, position) => {
      const count = least + generator.integer(channels - least + (position === mustCut ? 0 : 1));
      return [
        id,
        generator.sample(
          Array.from({ length: channels }, (_, channel) => channel),
          count,
        ),
      ];
    }),
  );
  return { keep };
}
