import { DigestSchema, EspalierError } from '@espalier/core';
import { z } from 'zod';
import { type DependencyGroup, dependencyGroups } from '../channels/groups.ts';
import { type Graph, readGraph } from '../graph.ts';
import { cutTopology, keptChannels } from '../plan/cut.ts';
import type { PruningPlan } from '../plan/plan.ts';
import { layerOrigins, LayerOriginSchema } from './by-layer.ts';

/** How one round saw one channel: its place in the group then, the score and the cluster that the method gave it, null where it gives none. */
const SightingSchema = z.strictObject({
  round: z.number().int().positive(),
  channel: z.number().int().nonnegative(),
  score: z.number().nullable(),
  cluster: z.number().int().nullable(),
});
export type ChannelSighting = z.infer<typeof SightingSchema>;

/** One channel of the original network and what became of it. */
const ChannelHistorySchema = z.strictObject({
  /** Its place in the original group. */
  original: z.number().int().nonnegative(),
  /** Its place in the final group, or null for a channel that is gone. */
  channel: z.number().int().nonnegative().nullable(),
  /** The round that removed it, or null for a channel that is there. */
  removedInRound: z.number().int().positive().nullable(),
  /** Every round that looked at it, the one that removed it last. */
  sightings: z.array(SightingSchema),
});
export type ChannelHistory = z.infer<typeof ChannelHistorySchema>;

/** Where every channel of a compressed network comes from, and where those that are gone went. */
export const ChannelProvenanceSchema = z.strictObject({
  version: z.literal(1),
  /** The SHA-256 of the network file that the first round cut. */
  original: DigestSchema,
  /** What each round's plan says of itself: method, settings (those of the clustering among them), seed, target. */
  rounds: z.array(z.record(z.string(), z.unknown())).min(1),
  groups: z.array(
    z.strictObject({
      group: z.string(),
      before: z.number().int().positive(),
      after: z.number().int().positive(),
      /** In the order of the original channels. */
      channels: z.array(ChannelHistorySchema),
    }),
  ),
  /** The same by layer; files of earlier releases have none. */
  layers: z.array(LayerOriginSchema).default([]),
});
export type ChannelProvenance = z.infer<typeof ChannelProvenanceSchema>;

/**
 * Follows every channel of every dependency group through the plans of all rounds. A group keeps its name from round to round (rule G11), so its keep-lists
 * are read one after the other: channel c of what round r left is channel keep[c] of what it was given.
 * @param original the graph of the network that `plans[0]` cut; each further plan cuts what the one before left.
 * @throws EspalierError BAD_INPUT for a plan that does not belong there, or whose channels cannot be followed, naming the round and the group.
 */
export function channelProvenance(original: Graph, plans: readonly PruningPlan[]): ChannelProvenance {
  const [first] = plans;
  if (first === undefined)
    throw new EspalierError('BAD_INPUT', 'there is no plan to follow', { hint: 'Name the plans of all rounds, the first one first.' });
  const groups = dependencyGroups(original);
  plans.forEach((plan, index) => refuseStrangers(plan, index + 1, new Set(groups.map(({ id }) => id))));
  refuseOtherGroups(original, plans);
  const followed = groups.map(({ id, channels }) => {
    const histories = followGroup(id, channels, plans);
    return { group: id, before: channels, after: histories.filter(({ channel }) => channel !== null).length, channels: histories };
  });
  return {
    version: 1,
    original: first.network,
    rounds: plans.map(({ provenance }) => provenance ?? {}),
    groups: followed,
    layers: layerOrigins(original, groups, new Map(followed.map(({ group, channels }) => [group, channels]))),
  };
}

function refuseStrangers({ keep }: PruningPlan, round: number, known: ReadonlySet<string>): void {
  const stranger = Object.keys(keep).find((id) => !known.has(id));
  if (stranger !== undefined) throw notOfThisNetwork(round, stranger, 'the original network has no such group');
}

/**
 * A tensor that was narrowed to one channel for each group of a grouped convolution leads through it channel by channel from then on (rules G6, G7): its group has
 * the old name and other channels, and what a later plan keeps of it says nothing of the original ones.
 */
function refuseOtherGroups(original: Graph, plans: readonly PruningPlan[]): void {
  let graph = original;
  const kindsBefore = kindsOf(original);
  plans.slice(0, -1).forEach((plan, index) => {
    graph = readGraph(cutTopology(graph, keptChannels(graph, plan)));
    const kinds = kindsOf(graph);
    const changed = Object.keys(plans[index + 1]!.keep).find((id) => kinds.get(id) !== kindsBefore.get(id));
    if (changed === undefined) return;
    throw new EspalierError(
      'BAD_INPUT',
      `the plan of round ${index + 2}, group ${changed}: the rounds before left a grouped convolution one channel for each of its groups, so that the channels of this group are others than the original ones`,
      {
        hint: 'Keep at least two channels in every group (minimumChannels), or cut in one round.',
        path: ['plans', index + 1, 'keep', changed],
      },
    );
  });
}

/** What the channels of each group are: which axes they lie on, and how often. */
const kindsOf = (graph: Graph): ReadonlyMap<string, string> =>
  new Map(dependencyGroups(graph).map(({ id, members }): [string, string] => [id, members.map(axisText).join()]));

const axisText = ({ layer, role, multiplicity }: DependencyGroup['members'][number]): string => `${layer} ${role} ${multiplicity}`;

function followGroup(id: string, channels: number, plans: readonly PruningPlan[]): ChannelHistory[] {
  const sightings = Array.from({ length: channels }, (): ChannelSighting[] => []);
  const removedIn = Array.from({ length: channels }, (): number | null => null);
  let alive = sightings.map((_, channel) => channel);
  plans.forEach(({ keep, scores, clusters }, index) => {
    const kept = keep[id];
    if (kept === undefined) return;
    const round = index + 1;
    if (kept.some((channel) => channel >= alive.length))
      throw notOfThisNetwork(round, id, `it keeps channel ${Math.max(...kept)}, but the round before left only ${alive.length}`);
    const stays = new Set(kept);
    alive.forEach((before, channel) => {
      sightings[before]!.push({ round, channel, score: scores?.[id]?.[channel] ?? null, cluster: clusters?.[id]?.[channel] ?? null });
      if (!stays.has(channel)) removedIn[before] = round;
    });
    alive = kept.map((channel) => alive[channel]!);
  });
  const finalPlace = new Map(alive.map((before, channel) => [before, channel]));
  return sightings.map((seen, before) => ({
    original: before,
    channel: finalPlace.get(before) ?? null,
    removedInRound: removedIn[before]!,
    sightings: seen,
  }));
}

const notOfThisNetwork = (round: number, group: string, message: string): EspalierError =>
  new EspalierError('BAD_INPUT', `the plan of round ${round}, group ${group}: ${message}`, {
    hint: 'Name the plans of one compression, all of them, the first round first.',
    path: ['plans', round - 1, 'keep', group],
  });

/** One output channel of one layer of the compressed network. */
export interface LayerChannelOrigin extends ChannelHistory {
  readonly group: string;
  /** The filter of the original layer that it was. */
  readonly originalFilter: number;
}

/**
 * Where output channel `channel` of layer `layer` of the compressed network comes from, down to the filter of the original layer.
 * @throws EspalierError BAD_INPUT for a layer without a kernel of its own, or a channel that it does not have.
 */
export function channelOrigin(
  provenance: ChannelProvenance,
  original: Graph,
  compressed: Graph,
  layer: string,
  channel: number,
): LayerChannelOrigin {
  const makes = ({ layer: owner, role }: { layer: string; role: string }): boolean =>
    owner === layer && (role === 'out' || role === 'depthwise');
  for (const { id, members } of dependencyGroups(compressed)) {
    for (const { indices, multiplicity, role } of members.filter(makes)) {
      const place = indices.indexOf(channel);
      if (place === -1) continue;
      const inGroup = Math.floor(place / multiplicity);
      const history = provenance.groups.find(({ group }) => group === id)?.channels.find(({ channel: final }) => final === inGroup);
      const before = dependencyGroups(original)
        .find((group) => group.id === id)
        ?.members.find((member) => makes(member) && member.role === role);
      if (history === undefined || before === undefined)
        throw new EspalierError('BAD_INPUT', `group ${id}: the provenance is not of these networks`, { path: ['groups', id] });
      const originalFilter = before.indices[history.original * before.multiplicity + (place % multiplicity)]!;
      return { group: id, originalFilter, ...history };
    }
  }
  throw new EspalierError('BAD_INPUT', `layer ${layer} makes no channel ${channel}`, {
    hint: 'Name a convolution or dense layer of the compressed network and one of its output channels, counted from 0.',
    path: ['layers', layer],
  });
}
