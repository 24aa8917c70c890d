import { DatasetSummarySchema, WireErrorSchema } from '@espalier/core';
import { queryFromInfo } from '@pothos/plugin-prisma';
import { organizationsWhere } from '../../auth/viewer.ts';
import type { Builder } from '../../schema/builder.ts';
import { enumValues } from '../../schema/common.ts';
import { keysetQuery, pageOf } from '../../schema/connection.ts';
import { mutate } from '../../schema/mutate.ts';
import { registerDataset } from './service.ts';

const summaryOf = (summary: unknown) => DatasetSummarySchema.nullable().parse(summary);

export function addDatasets(builder: Builder) {
  const DatasetStatus = builder.enumType('DatasetStatus', { values: enumValues(['inspecting', 'ready', 'refused']) });

  const Dataset = builder.prismaNode('Dataset', {
    id: { field: 'id' },
    nullable: true,
    select: { id: true },
    findUnique: (id, { viewer }) => ({ id, organizationId: { in: organizationsWhere(viewer, 'dataset:read') } }),
    fields: (t) => ({
      name: t.exposeString('name'),
      format: t.exposeString('format'),
      path: t.exposeString('path'),
      status: t.expose('status', { type: DatasetStatus }),
      error: t.field({
        type: 'Problem',
        nullable: true,
        select: { error: true },
        resolve: ({ error }) => WireErrorSchema.nullable().parse(error),
      }),
      digest: t.exposeString('digest', { nullable: true }),
      shape: t.intList({
        nullable: true,
        description: 'Height, width, channels.',
        select: { summary: true },
        resolve: ({ summary }) => summaryOf(summary)?.shape ?? null,
      }),
      classes: t.stringList({ select: { summary: true }, resolve: ({ summary }) => summaryOf(summary)?.classes ?? [] }),
      splits: t.field({ type: ['DatasetSplit'], select: { summary: true }, resolve: ({ summary }) => summaryOf(summary)?.splits ?? [] }),
      samples: t.field({ type: ['DatasetSample'], select: { summary: true }, resolve: ({ summary }) => summaryOf(summary)?.samples ?? [] }),
      organization: t.relation('organization'),
      createdAt: t.expose('createdAt', { type: 'DateTime' }),
    }),
  });

  builder.objectType('DatasetSplit', {
    fields: (t) => ({
      name: t.exposeString('name'),
      examples: t.exposeInt('examples'),
      perClass: t.exposeIntList('perClass'),
    }),
  });
  builder.objectType('DatasetSample', {
    fields: (t) => ({ label: t.exposeInt('label'), dataUrl: t.exposeString('dataUrl') }),
  });

  builder.objectType('DatasetConnection', {
    fields: (t) => ({
      edges: t.field({ type: ['DatasetEdge'], resolve: ({ edges }) => [...edges] }),
      pageInfo: t.expose('pageInfo', { type: 'PageInfo' }),
      totalCount: t.int({ resolve: ({ totalCount }) => totalCount() }),
    }),
  });
  builder.objectType('DatasetEdge', {
    fields: (t) => ({
      cursor: t.exposeString('cursor'),
      node: t.field({ type: Dataset, resolve: ({ row }) => row }),
    }),
  });

  builder.prismaObjectField('Organization', 'datasets', (t) =>
    t.field({
      type: 'DatasetConnection',
      args: { first: t.arg.int({ defaultValue: 50 }), after: t.arg.string() },
      resolve: async ({ id: organizationId }, page, context, info) => {
        const { prisma } = context.services.database;
        const keyset = keysetQuery(page);
        const query = queryFromInfo({ context, info, typeName: 'Dataset', path: ['edges', 'node'], select: { id: true, createdAt: true } });
        const rows = await prisma.dataset.findMany({ ...query, ...keyset, where: { organizationId, ...keyset.where } });
        return pageOf(rows, keyset, page, () => prisma.dataset.count({ where: { organizationId } }));
      },
    }),
  );

  const RegisterDatasetInput = builder.inputType('RegisterDatasetInput', {
    fields: (t) => ({
      organization: t.id({ required: true }),
      name: t.string({ required: true }),
      format: t.string({ required: true }),
      path: t.string({
        required: true,
        description: "A folder that the workers see, below one of the installation's data folders.",
      }),
      idempotencyKey: t.string({ required: true }),
    }),
  });
  builder.objectType('RegisterDatasetPayload', {
    fields: (t) => ({
      dataset: t.field({ type: Dataset, nullable: true, resolve: ({ id }) => (id === null ? null : { id }) }),
      userErrors: t.field({ type: ['UserError'], resolve: ({ userErrors }) => [...userErrors] }),
    }),
  });
  builder.mutationField('registerDataset', (t) =>
    t.field({
      type: 'RegisterDatasetPayload',
      args: { input: t.arg({ type: RegisterDatasetInput, required: true }) },
      resolve: (_root, { input }, context) => mutate(() => registerDataset(context, input)),
    }),
  );

  return { Dataset };
}
