import type { ChannelProvenance } from '@espalier/network';
import type { TestApi } from './harness.ts';

export interface SmallProvenance {
  readonly rounds: ChannelProvenance['rounds'];
  /** Groups that one round cut down to the channels in `keep`: channel c has the score c / 8 and the cluster c mod 2. */
  readonly groups: readonly { readonly group: string; readonly before: number; readonly after: number; readonly keep: readonly number[] }[];
  /** Layers whose filters are the channels of one group. */
  readonly layers: readonly { readonly layer: string; readonly group: string }[];
}

/** Keeps a provenance as a run's evaluation does. @returns its digest. */
export async function keepProvenance({ services: { storage }, database }: TestApi, small: SmallProvenance): Promise<string> {
  const keptBy = new Map(small.groups.map(({ group, keep }) => [group, keep]));
  const provenance: ChannelProvenance = {
    version: 1,
    original: '0'.repeat(64),
    rounds: small.rounds,
    groups: small.groups.map(({ group, before, after, keep }) => ({
      group,
      before,
      after,
      channels: Array.from({ length: before }, (_, original) => ({
        original,
        channel: keep.includes(original) ? keep.indexOf(original) : null,
        removedInRound: keep.includes(original) ? null : 1,
        sightings: [{ round: 1, channel: original, score: original / 8, cluster: original % 2 }],
      })),
    })),
    layers: small.layers.map(({ layer, group }) => ({
      layer,
      before: small.groups.find((one) => one.group === group)!.before,
      channels: keptBy.get(group)!.map((channel) => ({ filter: channel, group, channel })),
    })),
  };
  return keepArtifact({ storage, database }, JSON.stringify(provenance));
}

export async function keepArtifact(
  { storage, database }: Pick<TestApi, 'database'> & Pick<TestApi['services'], 'storage'>,
  content: string,
): Promise<string> {
  const { digest, bytes, kind } = await storage.put({ bytes: Buffer.from(content) }, 'channel-provenance');
  await database.prisma.artifact.create({ data: { digest, bytes, kind } });
  return digest;
}
