import { DigestSchema, EspalierError, type LayerWidth } from '@espalier/core';
import { z } from 'zod';
import { type DependencyGroup, dependencyGroups } from '../channels/groups.ts';
import type { Graph } from '../graph.ts';
import { channelCount } from '../shape.ts';

const perGroup = <Value extends z.ZodType>(value: Value) => z.record(z.string(), z.array(value));

/**
 * What to keep of a network: for each named dependency group the channels that stay, ascending; a group that is not named stays whole.
 * `scores` (one number a channel) and `clusters` (one label a channel) say why, and take no part in the cutting.
 */
export const PruningPlanSchema = z.strictObject({
  version: z.literal(1).default(1),
  /** The SHA-256 of the network file that the plan was made for. */
  network: DigestSchema,
  keep: perGroup(z.number().int().nonnegative()),
  scores: perGroup(z.number()).optional(),
  clusters: perGroup(z.number().int()).optional(),
  /** How the plan came about: method, its settings, seed, round, target, whatever its maker wants to be asked about later. */
  provenance: z.record(z.string(), z.unknown()).optional(),
});
export type PruningPlan = z.infer<typeof PruningPlanSchema>;

/** As much of a plan as cutting needs. */
export type KeepLists = Pick<PruningPlan, 'keep'>;

/** Kept channels by group id; a group that is not named keeps all. */
export type GroupWidths = Readonly<Record<string, number>>;

/** Throws BAD_INPUT, naming the group, unless every keep-list is a non-empty ascending list of channels of a group that may be cut. */
export function validatePlan(groups: readonly DependencyGroup[], { keep }: KeepLists): void {
  const known = new Map(groups.map((group) => [group.id, group]));
  for (const [id, channels] of Object.entries(keep)) {
    const group = known.get(id);
    if (group === undefined) throw badPlan(id, 'the network has no such group', 'Make the plan for this very network.');
    const ascending = channels.every((channel, position) => position === 0 || channel > channels[position - 1]!);
    if (channels.length === 0) throw badPlan(id, 'no channel is kept', 'Keep at least one channel of every group.');
    if (!ascending)
      throw badPlan(id, 'the kept channels do not ascend, or one is named twice', 'Sort the keep-list and name each channel once.');
    const outside = channels.find((channel) => !Number.isInteger(channel) || channel < 0 || channel >= group.channels);
    if (outside !== undefined)
      throw badPlan(id, `there is no channel ${outside} among its ${group.channels}`, 'Make the plan for this very network.');
    if (!group.prunable && channels.length < group.channels)
      throw badPlan(id, `it must stay whole: ${group.reason}`, 'Leave this group out of the plan.');
  }
}

const badPlan = (group: string, message: string, hint: string): EspalierError =>
  new EspalierError('BAD_INPUT', `pruning plan, group ${group}: ${message}`, { hint, path: ['keep', group] });

/** The width of every group after the plan. */
export function widthsAfter(graph: Graph, { keep }: KeepLists): GroupWidths {
  return Object.fromEntries(dependencyGroups(graph).map(({ id, channels }) => [id, keep[id]?.length ?? channels]));
}

/**
 * Output channels of every layer with a kernel, before and after. Where several groups share an axis (streams that grow by zero padding) their
 * names are joined by " + "; null means that no group could decide.
 */
export function layerWidths(graph: Graph, groups: readonly DependencyGroup[], { keep }: KeepLists): LayerWidth[] {
  const removed = new Map<string, { count: number; groups: string[] }>();
  for (const { id, channels, members, prunable } of groups)
    for (const { layer, role, multiplicity } of members) {
      if (role !== 'out' && role !== 'depthwise') continue;
      const entry = removed.get(layer) ?? { count: 0, groups: [] };
      entry.count += (channels - (keep[id]?.length ?? channels)) * multiplicity;
      if (prunable) entry.groups.push(id);
      removed.set(layer, entry);
    }
  return graph.nodes
    .filter(({ layer, call }) => call === 0 && removed.has(layer))
    .map(({ layer, type, outputShape }) => {
      const before = channelCount(outputShape);
      const { count, groups: deciding } = removed.get(layer)!;
      return { layer, type, group: deciding.length === 0 ? null : deciding.join(' + '), before, after: before - count };
    });
}
