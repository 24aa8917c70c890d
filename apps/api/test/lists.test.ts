import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codesOf, globalId, startTestApi, type TestApi } from './harness.ts';

interface RunsPage {
  totalCount: number;
  edges: { cursor: string; node: { title: string } }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
}

const page = `query ($id: ID!, $first: Int, $after: String, $status: [RunStatus!]) {
  node(id: $id) { ... on Organization { runs(first: $first, after: $after, status: $status) {
    totalCount edges { cursor node { title } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } } }
}`;
const everything = `query ($id: ID!) {
  node(id: $id) { ... on Organization {
    runs { edges { node { title recipe model { name latestVersion { number measurement { accuracy } } } dataset { name } stages { name progress { phase } } before { accuracy } cursor output { number } } } }
    models { edges { node { name versions { number parent { number } producedBy { title } } latestVersion { digest } } } }
    datasets { edges { node { name splits { name } } } }
  } }
}`;

describe('a list', () => {
  let api: TestApi;
  let token: string;
  let organization: { id: string };
  const titles: string[] = [];

  beforeAll(async () => {
    api = await startTestApi();
    organization = await api.make.organization();
    token = await api.token((await api.make.user({ memberships: [{ organizationId: organization.id, role: 'viewer' }] })).id);
    await addRuns(7);
  });
  afterAll(() => api.close());

  async function addRuns(count: number): Promise<void> {
    const { id: organizationId } = organization;
    for (let index = 0; index < count; index += 1) {
      const { id: modelId } = await api.make.model(organizationId);
      const { id: datasetId } = await api.make.dataset(organizationId);
      // Several in one millisecond: then the id decides.
      const createdAt = new Date(Date.UTC(2026, 0, 1) + Math.floor(titles.length / 3));
      const run = await api.make.run({ organizationId, modelId, datasetId }, { createdAt, status: index % 2 ? 'failed' : 'queued' });
      const { id: parentId } = await api.make.version(modelId, { runId: run.id });
      await api.make.version(modelId, { parentId });
      titles.push(run.title);
    }
  }
  const runs = async (variables: object): Promise<RunsPage> => {
    const { data } = await api.ask(page, { id: globalId('Organization', organization), ...variables }, token);
    const organizationNode = data?.node as { runs: RunsPage };
    return organizationNode.runs;
  };

  it('is read page by page, newest first, each thing once', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { edges, pageInfo, totalCount } = await runs({ first: 2, after });
      expect(totalCount).toBe(titles.length);
      expect(pageInfo).toMatchObject({ hasPreviousPage: after !== null, startCursor: edges[0]?.cursor, endCursor: edges.at(-1)?.cursor });
      seen.push(...edges.map(({ node }) => node.title));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen.toSorted()).toEqual(titles.toSorted());
    expect(seen.at(-1)).toMatch(/run/);
    const newest = titles.slice(6);
    expect(seen.slice(0, newest.length).toSorted()).toEqual(newest.toSorted());
  });

  it('is not disturbed by what is added while it is read', async () => {
    const { edges, pageInfo } = await runs({ first: 3 });
    const { id: modelId } = await api.make.model(organization.id);
    const { id: datasetId } = await api.make.dataset(organization.id);
    const added = await api.make.run({ organizationId: organization.id, modelId, datasetId });
    const rest = await runs({ first: 100, after: pageInfo.endCursor });
    const seen = [...edges, ...rest.edges].map(({ node }) => node.title);
    expect(seen.toSorted()).toEqual(titles.toSorted());
    await api.database.prisma.run.delete({ where: { id: added.id } });
  });

  it('of runs can be narrowed to some states', async () => {
    const { edges, totalCount } = await runs({ status: ['FAILED'] });
    expect(totalCount).toBe(3);
    expect(edges).toHaveLength(3);
  });

  it.each([0, -1, 101])('refuses a page of %i', async (first) => {
    expect(codesOf(await api.ask(page, { id: globalId('Organization', organization), first }, token))).toEqual(['BAD_INPUT']);
  });

  it('refuses a cursor that it never gave', async () => {
    const answer = await api.ask(page, { id: globalId('Organization', organization), after: 'bm9uc2Vuc2U' }, token);
    expect(codesOf(answer)).toEqual(['BAD_INPUT']);
  });

  it('asks the database as often for many things as for few', async () => {
    const { pool } = api.services.database;
    const query = pool.query.bind(pool);
    let count = 0;
    Object.assign(pool, {
      query: (...statement: Parameters<typeof query>) => {
        count += 1;
        return query(...statement);
      },
    });
    const statements = async (): Promise<number> => {
      count = 0;
      const { errors } = await api.ask(everything, { id: globalId('Organization', organization) }, token);
      expect(errors).toBeUndefined();
      return count;
    };
    await statements();
    const few = await statements();
    await addRuns(14);
    expect(await statements()).toBe(few);
    expect(few).toBeLessThan(30);
  });
});
