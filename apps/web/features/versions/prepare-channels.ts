import type { VersionChannelsQuery } from '#generated/graphql.ts';
import { formatDecimal, missing } from '#features/ui/format.ts';

type Connection = NonNullable<Extract<NonNullable<VersionChannelsQuery['node']>, { __typename: 'ModelVersion' }>['channels']>;
export type Channel = Connection['edges'][number]['node'];

export interface ChannelRow {
  channel: number;
  filter: number;
  /** One for each round that looked at it, the first one first. */
  scores: string;
  clusters: string;
}

/** A channel as the table shows it. Rounds are kept apart by commas; a method that gives no score or makes no clusters leaves a dash. */
export const prepareChannels = (channels: readonly Channel[]): ChannelRow[] =>
  channels.map(({ channel, filter, sightings }) => ({
    channel,
    filter,
    scores: joined(sightings.map(({ score }) => (score === null ? missing : formatDecimal(score)))),
    clusters: joined(sightings.map(({ cluster }) => (cluster === null ? missing : String(cluster)))),
  }));

const joined = (texts: readonly string[]): string => (texts.length === 0 ? missing : texts.join(', '));

/** How the clusters came about, once for each different way: `dbscan (epsilon 0.1)`. */
export function clusteringsOf(channels: readonly Channel[]): string[] {
  const all = channels.flatMap(({ sightings }) => sightings.map(({ round, clustering }) => ({ round, clustering: asRecord(clustering) })));
  const several = new Set(all.map(({ round }) => round)).size > 1;
  const texts = all.flatMap(({ round, clustering }) => {
    if (clustering === null) return [];
    const { algorithm, ...parameters } = clustering;
    const listed = Object.entries(parameters).map(
      ([name, value]) => `${name} ${typeof value === 'number' ? formatDecimal(value) : String(value)}`,
    );
    const told = `${String(algorithm)}${listed.length === 0 ? '' : ` (${listed.join(', ')})`}`;
    return [several ? `round ${round}: ${told}` : told];
  });
  return [...new Set(texts)];
}

const asRecord = (value: unknown): Record<string, unknown> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
