import { EspalierError } from '@espalier/core';
import type { GroupWidths } from '@espalier/network';
import { cutAtCount } from '../../clustering/index.ts';
import { defineMethod, type GroupChoice, type WidthBudget } from '../../method.ts';
import type { GroupObservation, NetworkObservation } from '../../observation/observation.ts';
import { type Dendrogram, dendrogramOf } from './dendrogram.ts';
import { thresholdByLagrangian } from './lagrangian.ts';
import { mostDistinct } from './select.ts';
import { type ApssfSettings, ApssfSettingsSchema } from './settings.ts';
import { thresholdByBisection, thresholdCandidates, widestAtThreshold } from './threshold.ts';

/**
 * APSSF: filters that are alike along every dimension of their tensor are clustered up to a distance threshold that follows from the compression that is
 * asked for, and each cluster loses its most redundant members. No chance is involved: the same weights give the same plan under every seed. The
 * paper's text could not be had, so this follows its abstract; every constant is ours.
 */
export const apssf = defineMethod({
  name: 'apssf',
  title: 'APSSF: structural similarity of filters',
  paper:
    'Geng, Niu: APSSF: Adaptive CNN pruning based on structural similarity of filters. International Journal of Computational Intelligence Systems (2024), after its abstract',
  summary:
    'Clusters filters by a distance over all dimensions of their tensors, up to a threshold found for the target, and keeps the most distinct of each cluster.',
  observes: 'weights',
  settings: ApssfSettingsSchema,
  presets: { paper: { solver: 'augmented-lagrangian', survivors: 2 }, recommended: {} },
  widths: (observation, { settings, budget }) =>
    settings.scope === 'uniform' ? budget.uniform : globalThresholdWidths(dendrogramsOf(observation, settings), settings, budget),
  choose: (observation, { settings, widths }) => {
    const dendrograms = dendrogramsOf(observation, settings);
    return Object.fromEntries(
      observation.groups.map((group, index) => [
        group.id,
        chooseInGroup(group, dendrograms[index]!, widths[group.id] ?? group.channels, settings.survivors),
      ]),
    );
  },
});

/** Widths and choice ask for the same dendrograms, one after the other; they are most of the work. */
const known = new WeakMap<NetworkObservation, { readonly settings: string; readonly dendrograms: readonly Dendrogram[] }>();

function dendrogramsOf(observation: NetworkObservation, settings: ApssfSettings): readonly Dendrogram[] {
  const key = JSON.stringify(settings);
  const found = known.get(observation);
  if (found?.settings === key) return found.dendrograms;
  const dendrograms = observation.groups.map((group) => dendrogramOf(group, settings));
  known.set(observation, { settings: key, dendrograms });
  return dendrograms;
}

function globalThresholdWidths(dendrograms: readonly Dendrogram[], { solver }: ApssfSettings, budget: WidthBudget): GroupWidths {
  const candidates = thresholdCandidates(dendrograms);
  const solve = solver === 'bisection' ? thresholdByBisection : thresholdByLagrangian;
  const threshold = solve(dendrograms, candidates, budget);
  if (threshold !== null) return widestAtThreshold(dendrograms, candidates, threshold, budget);
  throw new EspalierError('TARGET_OUT_OF_REACH', 'with one cluster in every group the target is still not met', {
    hint: 'Ask for less, or allow narrower groups.',
    path: ['target', 'reductionRatio'],
  });
}

function chooseInGroup(
  group: GroupObservation,
  { living, dead, distances, merges }: Dendrogram,
  keep: number,
  survivors: number,
): GroupChoice {
  const keptLiving = Math.min(keep, living.length);
  const clusterCount = Math.min(living.length, Math.max(1, Math.ceil(keptLiving / survivors)));
  const labels = cutAtCount(living.length, merges, clusterCount);
  // Asked for where two are equally distinct only, which is seldom.
  let norms: readonly Float64Array[] | undefined;
  const { kept, meanDistances } = mostDistinct(distances, labels, keptLiving, (point) =>
    (norms ??= group.filterNorms(1)).reduce((sum, norm) => sum + norm[living[point]!]!, 0),
  );
  const perChannel = (ofLiving: ArrayLike<number>, ofDead: number): number[] => {
    const all = Array<number>(group.channels).fill(ofDead);
    living.forEach((channel, point) => (all[channel] = ofLiving[point]!));
    return all;
  };
  return {
    keep: [...kept.map((point) => living[point]!), ...dead.slice(0, keep - keptLiving)].sort((a, b) => a - b),
    scores: perChannel(meanDistances, 0),
    clusters: perChannel(labels, -1),
    clustering: {
      algorithm: 'complete linkage',
      clusters: clusterCount,
      threshold: merges[living.length - clusterCount - 1]?.height ?? 0,
    },
  };
}
