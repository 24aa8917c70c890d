import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { ensureOwner } from '../src/auth/owner.ts';
import { ask, codesOf, globalId, startTestApi, type TestApi } from './harness.ts';

const password = 'correct horse battery staple';
const viewerQuery = '{ viewer { user { email } memberships { role organization { name } } } }';

describe('the API', () => {
  let api: TestApi;
  let token: string;
  let organization: string;
  beforeAll(async () => {
    api = await startTestApi();
    const owner = { email: 'Owner@example.org', password, name: 'Ada', organization: 'Orchard' };
    const { organizationId, userId } = await ensureOwner(api.database.prisma, owner);
    expect(await ensureOwner(api.database.prisma, { ...owner, password: 'another password' })).toEqual({
      organizationId,
      userId,
      created: false,
    });
    organization = globalId('Organization', { id: organizationId });
    token = await api.token(userId);
  });
  afterAll(() => api.close());

  const signIn = (given: string, headers: Record<string, string> = {}) =>
    fetch(`${api.url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ email: 'owner@example.org', password: given }),
    });

  describe('lets in', () => {
    const expected = {
      viewer: { user: { email: 'owner@example.org' }, memberships: [{ role: 'OWNER', organization: { name: 'Orchard' } }] },
    };

    it('who knows the password, by bearer token and by cookie', async () => {
      const response = await signIn(password, { origin: 'http://localhost:3000' });
      expect(response.status).toBe(200);
      const { token: given } = (await response.json()) as { token: string };
      expect((await api.ask(viewerQuery, {}, given)).data).toEqual(expected);
      const [cookie] = response.headers.getSetCookie();
      expect(cookie).toMatch(/HttpOnly.*SameSite=Lax/);
      const byCookie = await fetch(`${api.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie: cookie?.split(';')[0] ?? '' },
        body: JSON.stringify({ query: viewerQuery }),
      });
      expect(await byCookie.json()).toEqual({ data: expected });
    });

    it('nobody with a wrong password, and says so by a code', async () => {
      const response = await signIn('a wrong password');
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ code: 'INVALID_EMAIL_OR_PASSWORD' });
    });

    it('nobody who makes an account of his own', async () => {
      const response = await fetch(`${api.url}/api/auth/sign-up/email`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'stranger@example.org', password, name: 'Stranger' }),
      });
      expect(response.ok).toBe(false);
      expect(await api.database.prisma.user.count()).toBe(1);
    });

    it('no page of another origin', async () => {
      expect((await signIn(password, { origin: 'http://evil.example' })).status).toBe(403);
    });

    it('nobody who tries passwords by the dozen', async () => {
      const statuses: number[] = [];
      for (let attempt = 0; attempt < 25; attempt += 1) {
        statuses.push((await signIn('a guess', { 'x-forwarded-for': '203.0.113.7' })).status);
      }
      expect(statuses.at(0)).toBe(401);
      expect(statuses.at(-1)).toBe(429);
    });
  });

  it('says that it is well', async () => {
    const response = await fetch(`${api.url}/healthz`);
    expect(await response.json()).toEqual({ status: 'ok' });
  });

  it('shows its schema to those who are signed in', async () => {
    const query = '{ __schema { queryType { name } } }';
    expect(codesOf(await api.ask(query))).toEqual(['NOT_SIGNED_IN']);
    expect((await api.ask(query, {}, token)).data).toEqual({ __schema: { queryType: { name: 'Query' } } });
  });

  it('tells of a bug only the id under which it is logged', async () => {
    const make = api.make;
    const { id: organizationId } = await api.database.prisma.organization.findFirstOrThrow();
    const model = await make.model(organizationId);
    const dataset = await make.dataset(organizationId);
    const run = await make.run({ organizationId, modelId: model.id, datasetId: dataset.id }, { result: { before: 'no measurement' } });
    const query = 'query ($id: ID!) { node(id: $id) { ... on Run { title before { accuracy } } } }';
    const { errors, data } = await api.ask(query, { id: globalId('Run', run) }, token);
    expect(data).toMatchObject({ node: { title: run.title, before: null } });
    const [error] = errors ?? [];
    expect(error?.extensions).toEqual({ code: 'INTERNAL', id: expect.any(String) });
    expect(error?.message).not.toMatch(/measurement|zod|expected/i);
    expect(api.logged.some((line) => line.includes(String(error?.extensions.id)) && line.includes('invalid_type'))).toBe(true);
  });

  const nested = (levels: number): string => (levels === 0 ? 'id' : `children { digest number ${nested(levels - 1)} }`);
  const bombs: [string, string][] = [
    ['too deep', `{ node(id: "x") { ... on ModelVersion { ${'children { parent { '.repeat(10)} id ${'} }'.repeat(10)} } } }`],
    ['full of aliases', `{ ${Array.from({ length: 40 }, (_, index) => `a${index}: viewer { user { id } }`).join(' ')} }`],
    ['too long', `{ viewer { user { ${'id '.repeat(5000)} } } }`],
    ['circular', 'fragment A on User { ...B } fragment B on User { ...A } { viewer { user { ...A } } }'],
    [
      'wide and deep',
      `{ node(id: "x") { ... on ModelVersion { ${Array.from({ length: 25 }, (_, i) => `c${i}: ${nested(9)}`).join(' ')} } } }`,
    ],
  ];
  describe('refuses an operation that is', () => {
    it.each(bombs)('%s, by POST', async (_, query) => {
      const answer = await api.ask(query, {}, token);
      expect(answer.data ?? null).toBeNull();
      expect(answer.errors?.length).toBeGreaterThan(0);
      expect(codesOf(answer)).not.toContain('INTERNAL');
    });

    it.each(bombs)('%s, by WebSocket', async (_, query) => {
      const socket = api.socket(token);
      const stream = socket.iterate({ query });
      await expect(stream.next()).rejects.toBeInstanceOf(Array);
      await socket.dispose();
    });

    it('one of many in an array', async () => {
      const answer = await ask(api.url, [{ query: viewerQuery }, { query: viewerQuery }], token);
      expect(answer.errors?.[0]?.message).toMatch(/batch/i);
    });

    it('for a page larger than any, naming the limit', async () => {
      const query = 'query ($id: ID!, $first: Int) { node(id: $id) { ... on Organization { runs(first: $first) { totalCount } } } }';
      const answer = await api.ask(query, { id: organization, first: 10_000 }, token);
      expect(codesOf(answer)).toEqual(['BAD_INPUT']);
      expect(answer.errors?.[0]?.message).toContain('between 1 and 100');
    });

    it('misspelt, without telling what there is', async () => {
      const { errors } = await api.ask('{ viewr { user { id } } }');
      expect(errors?.[0]?.message).toMatch(/^Cannot query field "viewr" on type "Query"\./);
      expect(errors?.[0]?.message).not.toMatch(/"viewer"/);
    });
  });

  it('is not found by a WebSocket of a foreign page, nor at another path', async () => {
    const refused = (pathname: string, origin: string) =>
      new Promise<string>((resolve, reject) => {
        const socket = new WebSocket(`${api.url.replace('http', 'ws')}${pathname}`, 'graphql-transport-ws', { origin });
        socket.on('error', (error) => resolve(error.message));
        socket.on('open', () => reject(new Error('it was let in')));
      });
    expect(await refused('/graphql', 'http://evil.example')).toContain('403');
    expect(await refused('/elsewhere', 'http://localhost:3000')).toContain('404');
  });
});
