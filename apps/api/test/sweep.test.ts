import { beginStage, reportStage } from '@espalier/database';
import { getNamedType, isInputObjectType, isLeafType, isListType, isNonNullType, isObjectType, type GraphQLInputType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApiSchema } from '../src/schema/schema.ts';
import type { NodeType } from '../src/schema/ids.ts';
import { allFields, nodeTypesOf, selectAll, selectField, type Asked } from './everything.ts';
import { keepProvenance } from './provenance.ts';
import { codesOf, globalId, startTestApi, type Answer, type TestApi } from './harness.ts';

/**
 * The whole schema, asked by someone who is not signed in, by a member of another organization and by one who may only look. It is walked by
 * itself, so a new field is covered on the day it is added. Everything that the organization has bears the word below; an answer that holds it leaks.
 */
const mark = 'velvet';

const schema = buildApiSchema();
const asked: Asked = new Set();
/** What a channel was seen to be lies one level deeper than anything else, and leads nowhere else. */
const levelsOf = ({ type }: { type: unknown }): number => (String(type) === 'ChannelConnection' ? 4 : 3);
/** Each field of each node type with what hangs on it: small enough for every limit. */
const nodeQueries = nodeTypesOf(schema).flatMap((type) =>
  Object.values(type.getFields()).flatMap((field) =>
    selectField(type, field, levelsOf(field), asked).map(
      (selection) =>
        [
          `${type.name}.${field.name}`,
          type.name as NodeType,
          `query ($id: ID!) { node(id: $id) { ... on ${type.name} { ${selection} } } }`,
        ] as const,
    ),
  ),
);

describe('every field of the schema', () => {
  let api: TestApi;
  let ids: Record<NodeType, string>;
  let ownerToken: string;
  let viewerToken: string;
  let outsiderToken: string;

  beforeAll(async () => {
    api = await startTestApi();
    const { make, database } = api;
    const organization = await make.organization({ name: mark, slug: mark });
    const organizationId = organization.id;
    const owner = await make.user({ name: mark, email: `${mark}@example.org`, memberships: [{ organizationId, role: 'owner' }] });
    const viewer = await make.user({ memberships: [{ organizationId, role: 'viewer' }] });
    const elsewhere = await make.organization();
    const outsider = await make.user({ memberships: [{ organizationId: elsewhere.id, role: 'owner' }] });
    const model = await make.model(organizationId, { name: mark });
    const split = { name: 'training' as const, examples: 1, perClass: [1] };
    const dataset = await make.dataset(organizationId, {
      name: mark,
      path: `/${mark}`,
      digest: mark,
      error: { code: 'BAD_DATASET', message: mark, path: [], retryable: false },
      summary: { digest: '0'.repeat(64), shape: [28, 28, 1], classes: [mark], splits: [split], samples: [{ label: 0, dataUrl: mark }] },
    });
    const problem = { code: 'INTERNAL', message: mark, hint: mark, path: [], retryable: false };
    const input = await make.version(model.id);
    const measured = { split: 'test', examples: 1, accuracy: 1, loss: 0, parameters: 1, macs: 1, bytes: 1 };
    const latency = { runtime: mark, batchSize: 1, threads: 1, samples: 1, medianMs: 1, lowMs: 1, highMs: 1 };
    const run = await make.run(
      { organizationId, modelId: model.id, datasetId: dataset.id },
      {
        title: mark,
        startedById: owner.id,
        inputVersionId: input.id,
        error: problem,
        result: {
          before: { ...measured, latency },
          afterPruning: { ...measured, latency },
          after: { ...measured, latency },
          widths: [{ layer: mark, type: mark, group: mark, before: 2, after: 1 }],
          target: { measure: 'macs', askedRatio: 0.5, reachedRatio: 0.5 },
        },
      },
    );
    const begun = await beginStage(database.pool, run.id, { name: 'train', round: 0 }, 'inputs');
    if (begun.done !== null) throw new Error('the stage was done before it began');
    await reportStage(database.pool, begun.attempt, {
      progress: { phase: mark },
      device: { backend: 'tensorflow', tensorflow: mark, device: 'cpu', oneDnn: true, threads: 1, warning: mark },
      points: [{ series: mark, step: 1, value: 1 }],
      lines: [{ level: 'info', text: mark }],
    });
    await database.prisma.runStage.updateMany({ where: { runId: run.id }, data: { error: problem } });
    const version = await make.version(model.id, {
      digest: mark,
      runId: run.id,
      parentId: input.id,
      layers: [{ name: mark, type: mark, outputShape: [1], parameters: 1, macs: 1 }],
      provenanceDigest: await keepProvenance(api, {
        rounds: [{ method: mark, clustering: { [mark]: { algorithm: mark } } }],
        groups: [{ group: mark, before: 2, after: 1, keep: [1] }],
        layers: [{ layer: mark, group: mark }],
      }),
    });
    await make.version(model.id, { parentId: version.id });
    ids = {
      User: globalId('User', owner),
      Organization: globalId('Organization', organization),
      Model: globalId('Model', model),
      ModelVersion: globalId('ModelVersion', version),
      Dataset: globalId('Dataset', dataset),
      Run: globalId('Run', run),
    };
    [ownerToken, viewerToken, outsiderToken] = await Promise.all([api.token(owner.id), api.token(viewer.id), api.token(outsider.id)]);
  });
  afterAll(() => api.close());

  const tellsNothing = (answer: Answer | string): void => expect(JSON.stringify(answer)).not.toContain(mark);

  it.each(nodeQueries)('%s is answered to a member, without a fault', async (_, type, query) => {
    for (const token of [ownerToken, viewerToken]) {
      const answer = await api.ask(query, { id: ids[type] }, token);
      expect(answer.errors).toBeUndefined();
      expect(answer.data?.node).not.toBeNull();
    }
  });

  it.each(nodeQueries)('%s is of nothing for others', async (_, type, query) => {
    for (const token of [undefined, outsiderToken])
      expect(await api.ask(query, { id: ids[type] }, token)).toEqual({ data: { node: null } });
  });

  it('is of nothing for an id that nothing has', async () => {
    for (const id of ['', 'x', ids.Run.slice(1), globalId('Run', { id: '00000000-0000-4000-8000-000000000000' })]) {
      const { data } = await api.ask('query ($id: ID!) { node(id: $id) { id } nodes(ids: [$id, $id]) { id } }', { id }, ownerToken);
      expect(data).toEqual({ node: null, nodes: [null, null] });
    }
  });

  it('by a list of ids gives what is the asker’s, in order', async () => {
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    const list = ['x', ids.Run, ids.Model, ids.Run];
    expect((await api.ask(query, { ids: list }, viewerToken)).data?.nodes).toEqual([
      null,
      { id: ids.Run },
      { id: ids.Model },
      { id: ids.Run },
    ]);
    expect((await api.ask(query, { ids: list }, outsiderToken)).data?.nodes).toEqual([null, null, null, null]);
    expect((await api.ask(query, { ids: list })).data?.nodes).toEqual([null, null, null, null]);
  });

  const rootFields = [schema.getQueryType(), schema.getMutationType()].flatMap((root) =>
    Object.values(root?.getFields() ?? {}).map((field) => ({ root: root!.name.toLowerCase(), name: field.name, field })),
  );
  it.each(rootFields)('$root $name tells others nothing, whichever ids they name', async ({ root, field }) => {
    const query = operation(root, field);
    for (const id of Object.values(ids)) {
      for (const token of [undefined, outsiderToken]) {
        const answer = await api.ask(query, variablesOf(field.args, id), token);
        tellsNothing(answer);
        expect(codesOf(answer)).not.toContain('INTERNAL');
        expect(answer.errors?.map(({ message }) => message) ?? []).not.toContainEqual(
          expect.stringMatching(/syntax|unknown argument|cannot query/i),
        );
      }
    }
    const changed = await Promise.all([
      api.database.prisma.model.count(),
      api.database.prisma.dataset.count(),
      api.database.prisma.run.count({ where: { OR: [{ status: 'cancelled' }, { title: 'intruder' }] } }),
    ]);
    expect(changed).toEqual([1, 1, 0]);
  });

  it.each(Object.values(schema.getMutationType()?.getFields() ?? {}).map((field) => ({ name: field.name, field })))(
    '$name is forbidden to one who may only look',
    async ({ field }) => {
      const named = field.args.map(({ type }) => (isInputObjectType(getNamedType(type)) ? 'input' : 'id'));
      const id = field.name === 'startRun' ? ids.Model : field.name === 'cancelRun' ? ids.Run : ids.Organization;
      const { data } = await api.ask(operation('mutation', field), variablesOf(field.args, id), viewerToken);
      expect(named).toHaveLength(1);
      expect(data?.[field.name]).toMatchObject({ userErrors: [{ code: 'FORBIDDEN' }] });
    },
  );

  it.each(Object.values(schema.getSubscriptionType()?.getFields() ?? {}).map((field) => ({ name: field.name, field })))(
    'of $name tells others nothing',
    async ({ field }) => {
      for (const id of Object.values(ids)) {
        for (const token of [undefined, outsiderToken]) {
          const socket = api.socket(token);
          const told = await socket
            .iterate({ query: operation('subscription', field), variables: variablesOf(field.args, id) })
            .next()
            .then(JSON.stringify, JSON.stringify);
          tellsNothing(told);
          expect(told).toMatch(token === undefined ? /NOT_SIGNED_IN/ : /NOT_FOUND/);
          await socket.dispose();
        }
      }
    },
  );

  it('was asked for: nothing was left out', () => {
    for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
      for (const field of Object.values(root?.getFields() ?? {})) {
        asked.add(`${root?.name}.${field.name}`);
        const type = getNamedType(field.type);
        if (isObjectType(type)) selectAll(type, 3, asked);
      }
    }
    expect([...allFields(schema)].filter((field) => !asked.has(field))).toEqual([]);
  });
});

type Arguments = readonly { readonly name: string; readonly type: GraphQLInputType }[];

/** An operation of one root field with all its arguments as variables. */
function operation(root: string, { name, args, type }: { name: string; args: Arguments; type: unknown }): string {
  const target = getNamedType(type as Parameters<typeof getNamedType>[0]);
  const selection = isLeafType(target) ? '' : isObjectType(target) ? `{ ${selectAll(target, 2, new Set())} }` : '{ __typename id }';
  if (args.length === 0) return `${root} { ${name} ${selection} }`;
  const declared = args.map((argument) => `$${argument.name}: ${String(argument.type)}`).join(', ');
  return `${root} (${declared}) { ${name}(${args.map((argument) => `${argument.name}: $${argument.name}`).join(', ')}) ${selection} }`;
}

/** Values for arguments: the id wherever one is asked for, and something that fits everywhere else. */
function variablesOf(args: Arguments, id: string): Record<string, unknown> {
  return Object.fromEntries(args.map(({ name, type }) => [name, valueOf(name, type, id)]));
}

function valueOf(name: string, type: GraphQLInputType, id: string): unknown {
  if (isNonNullType(type)) return valueOf(name, type.ofType, id);
  if (isListType(type)) return [valueOf(name, type.ofType, id)];
  if (isInputObjectType(type)) return variablesOf(Object.values(type.getFields()), id);
  if (name === 'after') return null;
  if (type.name === 'ID') return id;
  if (type.name === 'Int') return 1;
  if (type.name === 'JSON') return { kind: 'training', training: { epochs: 1, learningRate: 0.1 } };
  return 'intruder';
}
