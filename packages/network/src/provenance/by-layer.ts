import { z } from 'zod';
import type { DependencyGroup } from '../channels/groups.ts';
import type { Graph } from '../graph.ts';

const index = z.number().int().nonnegative();

/** Where the output channels of one layer of a compressed network come from. */
export const LayerOriginSchema = z.strictObject({
  layer: z.string(),
  /** Output channels that the original layer had. */
  before: z.number().int().positive(),
  /** For each output channel there is now: the filter of the original layer that it was, and the channel of the original dependency group that decided it. */
  channels: z.array(z.strictObject({ filter: index, group: z.string(), channel: index })),
});
export type LayerOrigin = z.infer<typeof LayerOriginSchema>;

type Fate = { readonly channel: number | null };

/**
 * The channels of every layer with a kernel, in the order of the graph. Cutting keeps the order of what stays, so channel c of a layer is the c-th of the
 * original filters whose group channel is still there.
 * @param fates by group, what became of each of its original channels.
 */
export function layerOrigins(
  original: Graph,
  groups: readonly DependencyGroup[],
  fates: ReadonlyMap<string, readonly Fate[]>,
): LayerOrigin[] {
  const making = new Map<string, { group: string; role: string; filters: readonly (readonly [filter: number, channel: number])[] }[]>();
  for (const { id, members } of groups)
    for (const { layer, role, indices, multiplicity } of members) {
      if (role !== 'out' && role !== 'depthwise') continue;
      const filters = Array.from(indices, (filter, place) => [filter, Math.floor(place / multiplicity)] as const);
      making.set(layer, [...(making.get(layer) ?? []), { group: id, role, filters }]);
    }
  return original.nodes
    .filter(({ layer, call }) => call === 0 && making.has(layer))
    .map(({ layer }) => {
      const all = making.get(layer)!;
      // The channels between the two halves of a separable convolution are nobody else's; its output is made by the second half.
      const outgoing = all.filter(({ role }) => role === 'out');
      const filters = (outgoing.length > 0 ? outgoing : all)
        .flatMap(({ group, filters }) => filters.map(([filter, channel]) => ({ filter, group, channel })))
        .sort((a, b) => a.filter - b.filter);
      return {
        layer,
        before: filters.length,
        channels: filters.filter(({ group, channel }) => fates.get(group)![channel]!.channel !== null),
      };
    });
}
