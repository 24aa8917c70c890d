import type { Builder } from '../../schema/builder.ts';
import { listPage } from '../../schema/list-page.ts';
import { provenancePath } from '../../server/download-path.ts';
import { channelsOf, layersOf } from './channels.ts';

/** Where the channels of a compressed version come from, read from the artifact that its run wrote when it ended. */
export function addProvenance(builder: Builder): void {
  builder.objectType('ChannelProvenance', {
    description: 'Where the channels of a compressed version come from.',
    fields: (t) => ({
      digest: t.exposeString('digest', { description: 'SHA-256 of the file that the download gives.' }),
      downloadPath: t.string({
        description: "Path on the API's address from which the signed-in viewer downloads it.",
        resolve: ({ versionId }) => provenancePath(versionId),
      }),
      rounds: t.field({
        type: ['JSON'],
        description: "What each round's plan says of itself: method, settings, seed, target, clusterings.",
        resolve: ({ provenance }) => provenance.rounds,
      }),
      layers: t.field({
        type: ['LayerProvenance'],
        description: 'The layers with a kernel, in the order of the graph.',
        resolve: ({ provenance }) => layersOf(provenance),
      }),
    }),
  });
  builder.objectType('LayerProvenance', {
    fields: (t) => ({
      layer: t.exposeString('layer'),
      before: t.exposeInt('before', { description: 'Output channels that it had in the version that was compressed.' }),
      after: t.exposeInt('after'),
      groups: t.stringList({
        description: 'The dependency groups that decided them.',
        resolve: ({ groups }) => [...groups],
      }),
    }),
  });

  builder.objectType('ChannelConnection', {
    fields: (t) => ({
      edges: t.field({ type: ['ChannelEdge'], resolve: ({ edges }) => [...edges] }),
      pageInfo: t.expose('pageInfo', { type: 'PageInfo' }),
      totalCount: t.exposeInt('totalCount'),
    }),
  });
  builder.objectType('ChannelEdge', {
    fields: (t) => ({
      cursor: t.exposeString('cursor'),
      node: t.field({ type: 'ChannelOrigin', resolve: ({ node }) => node }),
    }),
  });
  builder.objectType('ChannelOrigin', {
    description: 'One output channel of one layer.',
    fields: (t) => ({
      layer: t.exposeString('layer'),
      channel: t.exposeInt('channel', { description: 'Counted from 0.' }),
      filter: t.exposeInt('filter', { description: 'The filter of the same layer that it was in the version that was compressed.' }),
      group: t.exposeString('group', { description: 'The dependency group that decided it.' }),
      groupChannel: t.exposeInt('groupChannel', { description: 'Its place in that group before the first round.' }),
      sightings: t.field({
        type: ['ChannelSighting'],
        description: 'Every round that looked at it.',
        resolve: ({ sightings }) => [...sightings],
      }),
    }),
  });
  builder.objectType('ChannelSighting', {
    fields: (t) => ({
      round: t.exposeInt('round'),
      channel: t.exposeInt('channel', { description: 'Its place in the group then.' }),
      score: t.exposeFloat('score', { nullable: true, description: 'As the method means it; null where it gives none.' }),
      cluster: t.exposeInt('cluster', { nullable: true, description: 'Its look-alikes have the same; null where the method makes none.' }),
      clustering: t.field({
        type: 'JSON',
        nullable: true,
        description: 'Algorithm and parameters of the clustering of its group in that round.',
        resolve: ({ clustering }) => clustering,
      }),
    }),
  });

  builder.prismaObjectFields('ModelVersion', (t) => ({
    provenance: t.field({
      type: 'ChannelProvenance',
      nullable: true,
      description: 'Null for a version that no compression made.',
      select: { provenanceDigest: true },
      resolve: async ({ id: versionId, provenanceDigest: digest }, _arguments, { provenances }) =>
        digest === null ? null : { versionId, digest, provenance: await provenances.load(digest) },
    }),
    channels: t.field({
      type: 'ChannelConnection',
      nullable: true,
      description: 'The channels of one layer, or of all layers in the order of the graph. Null for a version that no compression made.',
      args: { layer: t.arg.string(), first: t.arg.int({ defaultValue: 50 }), after: t.arg.string() },
      select: { provenanceDigest: true },
      resolve: async ({ provenanceDigest: digest }, { layer, ...page }, { provenances }) =>
        digest === null ? null : listPage(channelsOf(await provenances.load(digest), layer ?? null), page),
    }),
  }));
}
