import type { Prisma } from '@espalier/database';
import { queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';
import type { Builder } from '../../schema/builder.ts';
import { keysetQuery, pageOf, type Page, type PageArguments } from '../../schema/connection.ts';
import type { Context } from '../../schema/context.ts';
import type { addRuns } from './schema.ts';

/** The lists of runs: an organization's and a model's. */
export function addRunLists(builder: Builder, { Run, RunStatus }: ReturnType<typeof addRuns>): void {
  builder.objectType('RunConnection', {
    fields: (t) => ({
      edges: t.field({ type: ['RunEdge'], resolve: ({ edges }) => [...edges] }),
      pageInfo: t.expose('pageInfo', { type: 'PageInfo' }),
      totalCount: t.int({ resolve: ({ totalCount }) => totalCount() }),
    }),
  });
  builder.objectType('RunEdge', {
    fields: (t) => ({
      cursor: t.exposeString('cursor'),
      node: t.field({ type: Run, resolve: ({ row }) => row }),
    }),
  });
  builder.prismaObjectField('Organization', 'runs', (t) =>
    t.field({
      type: 'RunConnection',
      args: {
        first: t.arg.int({ defaultValue: 50 }),
        after: t.arg.string(),
        status: t.arg({ type: [RunStatus] }),
      },
      resolve: ({ id: organizationId }, { status, ...page }, context, info) =>
        pageOfRuns({ organizationId, ...(status && { status: { in: [...status] } }) }, page, context, info),
    }),
  );
  builder.prismaObjectField('Model', 'runs', (t) =>
    t.field({
      type: 'RunConnection',
      args: { first: t.arg.int({ defaultValue: 50 }), after: t.arg.string() },
      resolve: ({ id: modelId }, page, context, info) => pageOfRuns({ modelId }, page, context, info),
    }),
  );
}

async function pageOfRuns(where: Prisma.RunWhereInput, page: PageArguments, context: Context, info: GraphQLResolveInfo): Promise<Page> {
  const { prisma } = context.services.database;
  const keyset = keysetQuery(page);
  const query = queryFromInfo({ context, info, typeName: 'Run', path: ['edges', 'node'], select: { id: true, createdAt: true } });
  const rows = await prisma.run.findMany({ ...query, ...keyset, where: { ...where, ...keyset.where } });
  return pageOf(rows, keyset, page, () => prisma.run.count({ where }));
}
