import { EspalierError, type Digest, type NetworkCost, type NetworkData, type SplitName } from '@espalier/core';
import { costAfter, dependencyGroups, networkCost, readGraph, type DependencyGroup } from '@espalier/network';
import { mask } from '@espalier/surgery';
import type { JobContext } from '../context.ts';
import type { CutKey, KeptFindings } from './cache.ts';

/** What is asked of an analysis, whatever the network is to do. */
export interface SensitivityQuestion {
  readonly network: NetworkData;
  readonly networkDigest: Digest;
  /** Never `test`: what is learnt here decides what is cut. */
  readonly split: Exclude<SplitName, 'test'>;
  /** How many pictures of the split to measure on, at most. */
  readonly images: number;
  /** Shares of a group's channels to remove, each in (0, 1). */
  readonly ratios: readonly number[];
  /** The ids of the groups to look at; left out: every prunable one. */
  readonly groups?: readonly string[];
  /** Which channels of one group stay when it keeps `width` of them, ascending. */
  readonly choose: (group: string, width: number) => readonly number[];
}

/** One group losing a share of its channels, the rest whole. */
export interface Cut {
  readonly ratio: number;
  readonly kept: number;
  /** Of the network that is cut in this way. */
  readonly cost: NetworkCost;
}

export interface GroupCuts<OneCut extends Cut = Cut> {
  readonly group: string;
  readonly channels: number;
  readonly cuts: readonly OneCut[];
}

/** How many of its channels a group keeps when it loses a share of them; one always stays. */
const keptOf = (channels: number, ratio: number): number => Math.max(1, channels - Math.trunc(ratio * channels));

/**
 * All cuts that are to be measured, one group after the other, and the cost of the whole network.
 * @throws EspalierError `BAD_INPUT` for a ratio or group that there is not.
 */
export function askedCuts({ network, groups: ids, ratios }: SensitivityQuestion): {
  readonly cost: NetworkCost;
  readonly asked: GroupCuts[];
} {
  const graph = readGraph(network.topology);
  const groups = dependencyGroups(graph);
  const chosen = chosenGroups(groups, ids);
  checkRatios(ratios);
  const asked = chosen.map(({ id: group, channels }) => {
    const cuts = ratios.map((ratio) => {
      const kept = keptOf(channels, ratio);
      return { ratio, kept, cost: alone(costAfter(graph, groups, { [group]: kept })) };
    });
    return { group, channels, cuts };
  });
  return { cost: alone(networkCost(graph)), asked };
}

/** Without what else is known of a cost. */
const alone = ({ parameters, macs }: NetworkCost): NetworkCost => ({ parameters, macs });

/** The groups with these ids, or every prunable one. */
function chosenGroups(groups: readonly DependencyGroup[], ids: readonly string[] | undefined): DependencyGroup[] {
  const prunable = groups.filter((group) => group.prunable);
  if (ids === undefined) return prunable;
  return ids.map((id) => {
    const group = prunable.find((candidate) => candidate.id === id);
    if (group !== undefined) return group;
    const reason = groups.find((candidate) => candidate.id === id)?.reason;
    throw new EspalierError('BAD_INPUT', `group ${id}: ${reason ?? 'the network has no such group'}`, {
      hint: 'Take the ids of prunable groups from: espalier inspect',
      path: ['groups', id],
    });
  });
}

function checkRatios(ratios: readonly number[]): void {
  const wrong = ratios.find((ratio) => !(ratio > 0 && ratio < 1));
  if (ratios.length === 0 || wrong !== undefined)
    throw new EspalierError('BAD_INPUT', wrong === undefined ? 'there is no ratio to measure' : `${wrong} is no share to remove`, {
      hint: 'Name shares between 0 and 1, such as 0.25, 0.5 and 0.75.',
      path: ['ratios'],
    });
}

/** The split to measure on. @throws EspalierError `BAD_DATASET` for an empty one. */
export function splitToMeasure<Part extends { readonly indices: Uint32Array }>(
  splits: Readonly<Record<SplitName, Part>>,
  name: SensitivityQuestion['split'],
): Part {
  if (splits[name].indices.length > 0) return splits[name];
  throw new EspalierError('BAD_DATASET', `the ${name} split is empty`, { hint: 'Hold pictures out, or measure on the training split.' });
}

/** How cuts of one network are measured, and where findings are kept. */
export interface CutMeasurement<Finding> {
  readonly pictures: Pick<CutKey, 'dataset' | 'split' | 'images'>;
  readonly findings: KeptFindings<Finding>;
  /** What is found of a share too small for a single channel. */
  readonly untouched: Finding;
  /** What is found of the network with these weights in place of its own. */
  measure(weights: NetworkData['weights']): Promise<Finding>;
}

/**
 * Measures cuts in their order. Channels are silenced, not cut, which gives the same answers (rule S1) and lets one compiled pass serve all: only weights are
 * exchanged. What `findings` knows is not measured again, so an analysis that was stopped goes on.
 * @returns with how many cuts were measured now; the others were known.
 */
export async function measureCuts<Finding>(
  { network, networkDigest, choose }: SensitivityQuestion,
  asked: readonly GroupCuts[],
  { pictures, findings, untouched, measure }: CutMeasurement<Finding>,
  context: JobContext,
): Promise<{ readonly groups: GroupCuts<Cut & { readonly finding: Finding }>[]; readonly measured: number }> {
  let measured = 0;
  const findingOf = async (group: string, keep: readonly number[]): Promise<Finding> => {
    const key = { network: networkDigest, ...pictures, group, keep };
    const known = await findings.get(key);
    if (known !== null) return known;
    const found = await measure(mask(network, { keep: { [group]: [...keep] } }).weights);
    await findings.put(key, found);
    measured++;
    return found;
  };
  const groups: GroupCuts<Cut & { readonly finding: Finding }>[] = [];
  for (const [place, { group, channels, cuts }] of asked.entries()) {
    const done: (Cut & { readonly finding: Finding })[] = [];
    for (const cut of cuts) {
      context.progress('measuring sensitivity', () => ({ step: place, steps: asked.length }));
      await context.breatheOrStop();
      done.push({ ...cut, finding: cut.kept === channels ? untouched : await findingOf(group, choose(group, cut.kept)) });
    }
    groups.push({ group, channels, cuts: done });
  }
  return { groups, measured };
}
