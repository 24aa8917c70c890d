import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codesOf, globalId, startTestApi, type TestApi } from './harness.ts';
import { keepArtifact, keepProvenance } from './provenance.ts';

const clustering = { algorithm: 'dbscan', epsilon: 0.1 };
const query = `query ($id: ID!, $layer: String, $first: Int, $after: String) {
  node(id: $id) {
    ... on ModelVersion {
      provenance { digest downloadPath rounds layers { layer before after groups } }
      channels(layer: $layer, first: $first, after: $after) {
        totalCount
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        edges { node { layer channel filter group groupChannel sightings { round channel score cluster clustering } } }
      }
    }
  }
}`;

interface Page {
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean; readonly endCursor: string | null };
  readonly edges: readonly { readonly node: { readonly layer: string; readonly channel: number; readonly filter: number } }[];
}

describe('the provenance of a version', () => {
  let api: TestApi;
  let token: string;
  let modelId: string;
  let version: string;
  let digest: string;
  beforeAll(async () => {
    api = await startTestApi();
    const { id: organizationId } = await api.make.organization();
    token = await api.token((await api.make.user({ memberships: [{ organizationId, role: 'member' }] })).id);
    ({ id: modelId } = await api.make.model(organizationId, { name: 'digits' }));
    digest = await keepProvenance(api, {
      rounds: [{ method: 'acp', clustering: { a: clustering } }],
      groups: [
        { group: 'a', before: 4, after: 2, keep: [1, 3] },
        { group: 'b', before: 3, after: 3, keep: [0, 1, 2] },
      ],
      layers: [
        { layer: 'first', group: 'a' },
        { layer: 'second', group: 'b' },
        { layer: 'third', group: 'a' },
      ],
    });
    version = globalId('ModelVersion', await api.make.version(modelId, { provenanceDigest: digest }));
  });
  afterAll(() => api.close());

  async function asked(variables: object, id = version) {
    const answer = await api.ask(query, { id, ...variables }, token);
    return { ...answer, node: answer.data?.node as { provenance: object | null; channels: Page | null } | null | undefined };
  }

  it('names its layers, and of every channel the filter that it was, its score and its cluster', async () => {
    const { node, errors } = await asked({ layer: 'third' });
    expect(errors).toBeUndefined();
    expect(node?.provenance).toMatchObject({
      digest,
      rounds: [{ method: 'acp', clustering: { a: clustering } }],
      layers: [
        { layer: 'first', before: 4, after: 2, groups: ['a'] },
        { layer: 'second', before: 3, after: 3, groups: ['b'] },
        { layer: 'third', before: 4, after: 2, groups: ['a'] },
      ],
    });
    const seen = (channel: number) => [{ round: 1, channel, score: channel / 8, cluster: channel % 2, clustering }];
    expect(node?.channels?.edges.map(({ node: channel }) => channel)).toEqual([
      { layer: 'third', channel: 0, filter: 1, group: 'a', groupChannel: 1, sightings: seen(1) },
      { layer: 'third', channel: 1, filter: 3, group: 'a', groupChannel: 3, sightings: seen(3) },
    ]);
  });

  it('is paged, each channel once', async () => {
    const places: string[] = [];
    let after: string | null = null;
    for (let page = 0; ; page++) {
      const { node } = await asked({ first: 3, after });
      const { edges, pageInfo, totalCount } = node!.channels!;
      expect([totalCount, pageInfo.hasPreviousPage]).toEqual([7, page > 0]);
      places.push(...edges.map(({ node: { layer, channel } }) => `${layer} ${channel}`));
      after = pageInfo.endCursor;
      if (!pageInfo.hasNextPage) break;
    }
    expect(places).toEqual(['first 0', 'first 1', 'second 0', 'second 1', 'second 2', 'third 0', 'third 1']);
    expect((await asked({ layer: 'nonsense' })).node?.channels).toMatchObject({ totalCount: 0, edges: [], pageInfo: { endCursor: null } });
  });

  it('refuses pages that are too large, and cursors of others', async () => {
    expect(codesOf(await asked({ first: 101 }))).toEqual(['BAD_INPUT']);
    expect(codesOf(await asked({ first: 0 }))).toEqual(['BAD_INPUT']);
    expect(codesOf(await asked({ after: 'x' }))).toEqual(['BAD_INPUT']);
  });

  it('is nothing of a version that was trained, and named where the artifact is not there or says something else', async () => {
    const trained = globalId('ModelVersion', await api.make.version(modelId));
    expect((await asked({}, trained)).node).toEqual({ provenance: null, channels: null });
    const { storage } = api.services;
    const garbled = await keepArtifact({ storage, database: api.database }, '{"version":1}');
    const other = globalId('ModelVersion', await api.make.version(modelId, { provenanceDigest: garbled }));
    expect(codesOf(await asked({}, other))).toEqual(['BAD_ARTIFACT', 'BAD_ARTIFACT']);
    await storage.remove(garbled);
    expect(codesOf(await asked({}, other))).toEqual(['NOT_FOUND', 'NOT_FOUND']);
  });

  it('is downloaded as its run wrote it, by those who may download the version', async () => {
    const { node } = await asked({});
    const { downloadPath } = node!.provenance as { downloadPath: string };
    const get = (path: string, by?: string) =>
      fetch(`${api.url}${path}`, { headers: by === undefined ? {} : { authorization: `Bearer ${by}` } });
    const response = await get(downloadPath, token);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-disposition')).toContain('digits-v1-provenance.json');
    const stored = readFileSync(await api.services.storage.materialise(digest, `${api.home}/read`), 'utf8');
    expect(await response.text()).toBe(stored);
    expect((await get(downloadPath)).status).toBe(401);
    const stranger = await api.token((await api.make.user()).id);
    expect((await get(downloadPath, stranger)).status).toBe(404);
    const { id } = await api.make.version(modelId);
    expect((await get(`/download/model-versions/${id}/provenance`, token)).status).toBe(404);
  });
});
