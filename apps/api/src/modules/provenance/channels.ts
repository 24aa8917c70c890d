import type { ChannelProvenance } from '@espalier/network';
import { z } from 'zod';
import type { ChannelShape, LayerProvenanceShape } from '../../schema/shapes.ts';

/** The layers with a kernel, in the order of the graph. */
export const layersOf = ({ layers }: ChannelProvenance): LayerProvenanceShape[] =>
  layers.map(({ layer, before, channels }) => ({
    layer,
    before,
    after: channels.length,
    groups: [...new Set(channels.map(({ group }) => group))],
  }));

const RoundSchema = z.looseObject({ clustering: z.record(z.string(), z.record(z.string(), z.unknown())).optional() });

/** Every output channel of one layer, or of all of them, with what each round saw of it. */
export function channelsOf({ layers, groups, rounds }: ChannelProvenance, layer: string | null): ChannelShape[] {
  const histories = new Map(groups.map(({ group, channels }) => [group, channels]));
  const clusterings = rounds.map((round) => RoundSchema.safeParse(round).data?.clustering);
  return layers
    .filter((origin) => layer === null || origin.layer === layer)
    .flatMap((origin) =>
      origin.channels.map(({ filter, group, channel: groupChannel }, channel) => ({
        layer: origin.layer,
        channel,
        filter,
        group,
        groupChannel,
        sightings: (histories.get(group)?.[groupChannel]?.sightings ?? []).map((seen) => ({
          ...seen,
          clustering: clusterings[seen.round - 1]?.[group] ?? null,
        })),
      })),
    );
}
