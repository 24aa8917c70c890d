import { LayerSummarySchema, MeasurementSchema } from '@espalier/core';
import { queryFromInfo } from '@pothos/plugin-prisma';
import { organizationsWhere } from '../../auth/viewer.ts';
import type { Builder } from '../../schema/builder.ts';
import { keysetQuery, pageOf } from '../../schema/connection.ts';
import { classifierOf, detectorOf } from '../../schema/measurements.ts';
import { mutate } from '../../schema/mutate.ts';
import { downloadPath } from '../../server/download-path.ts';
import { registerModel } from './service.ts';

const measurementOf = (measurement: unknown) => MeasurementSchema.nullable().parse(measurement);
const newestNumberFirst = { orderBy: { number: 'desc' as const } };

export function addRegistry(builder: Builder) {
  const Model = builder.prismaNode('Model', {
    id: { field: 'id' },
    nullable: true,
    select: { id: true },
    description: 'A network that a team works on; its versions are what is trained and compressed.',
    findUnique: (id, { viewer }) => ({ id, organizationId: { in: organizationsWhere(viewer, 'model:read') } }),
    fields: (t) => ({
      name: t.exposeString('name'),
      architecture: t.exposeString('architecture', { description: 'Name of the zoo architecture it began as.' }),
      inputShape: t.exposeIntList('inputShape'),
      classes: t.exposeInt('classes', { description: 'Of a detector with the background.' }),
      organization: t.relation('organization'),
      versions: t.relation('versions', { description: 'Newest first.', query: newestNumberFirst }),
      latestVersion: t.field({
        type: ModelVersion,
        nullable: true,
        select: (_arguments, _context, nestedSelection) => ({ versions: nestedSelection({ ...newestNumberFirst, take: 1 }) }),
        resolve: ({ versions }) => versions[0] ?? null,
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime' }),
    }),
  });

  const ModelVersion = builder.prismaNode('ModelVersion', {
    id: { field: 'id' },
    nullable: true,
    select: { id: true },
    description: 'One immutable network: its bytes are named by their digest.',
    findUnique: (id, { viewer }) => ({ id, model: { organizationId: { in: organizationsWhere(viewer, 'model:read') } } }),
    fields: (t) => ({
      model: t.relation('model'),
      number: t.exposeInt('number'),
      digest: t.exposeString('digest', { description: "SHA-256 of the network's file." }),
      bytes: t.float({ select: { bytes: true }, resolve: ({ bytes }) => Number(bytes) }),
      parameters: t.float({ select: { parameters: true }, resolve: ({ parameters }) => Number(parameters) }),
      macs: t.float({
        description: 'Multiply-accumulates of one image: convolutions and dense layers, no biases.',
        select: { macs: true },
        resolve: ({ macs }) => Number(macs),
      }),
      measurement: t.field({
        type: 'Measurement',
        nullable: true,
        description: 'Measured by the run that made it; null as well for a detector, which has `detection` instead.',
        select: { measurement: true },
        resolve: ({ measurement }) => classifierOf(measurementOf(measurement)),
      }),
      detection: t.field({
        type: 'DetectionMeasurement',
        nullable: true,
        description: 'As `measurement`, of a detector.',
        select: { measurement: true },
        resolve: ({ measurement }) => detectorOf(measurementOf(measurement)),
      }),
      layers: t.field({
        type: ['Layer'],
        select: { layers: true },
        resolve: ({ layers }) => LayerSummarySchema.array().parse(layers),
      }),
      producedBy: t.relation('run', { nullable: true }),
      parent: t.relation('parent', { nullable: true, description: 'The version this one was made from.' }),
      children: t.relation('children', { query: { orderBy: { createdAt: 'asc' } } }),
      downloadPath: t.string({
        description: "Path on the API's address from which the signed-in viewer downloads it.",
        resolve: ({ id }) => downloadPath(id),
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime' }),
    }),
  });

  builder.objectType('Layer', {
    fields: (t) => ({
      name: t.exposeString('name'),
      type: t.exposeString('type'),
      outputShape: t.exposeIntList('outputShape'),
      parameters: t.exposeFloat('parameters'),
      macs: t.exposeFloat('macs'),
    }),
  });

  builder.objectType('ModelConnection', {
    fields: (t) => ({
      edges: t.field({ type: ['ModelEdge'], resolve: ({ edges }) => [...edges] }),
      pageInfo: t.expose('pageInfo', { type: 'PageInfo' }),
      totalCount: t.int({ resolve: ({ totalCount }) => totalCount() }),
    }),
  });
  builder.objectType('ModelEdge', {
    fields: (t) => ({
      cursor: t.exposeString('cursor'),
      node: t.field({ type: Model, resolve: ({ row }) => row }),
    }),
  });

  builder.prismaObjectField('Organization', 'models', (t) =>
    t.field({
      type: 'ModelConnection',
      args: { first: t.arg.int({ defaultValue: 50 }), after: t.arg.string() },
      resolve: async ({ id: organizationId }, page, context, info) => {
        const { prisma } = context.services.database;
        const keyset = keysetQuery(page);
        const query = queryFromInfo({ context, info, typeName: 'Model', path: ['edges', 'node'], select: { id: true, createdAt: true } });
        const rows = await prisma.model.findMany({ ...query, ...keyset, where: { organizationId, ...keyset.where } });
        return pageOf(rows, keyset, page, () => prisma.model.count({ where: { organizationId } }));
      },
    }),
  );

  const RegisterModelInput = builder.inputType('RegisterModelInput', {
    fields: (t) => ({
      organization: t.id({ required: true }),
      name: t.string({ required: true }),
      architecture: t.string({ required: true, description: 'A name of the zoo, such as `resnet20`.' }),
      inputShape: t.intList({ required: true, description: 'Height, width, channels.' }),
      classes: t.int({ required: true, description: 'Of a detector with the background.' }),
      idempotencyKey: t.string({ required: true, description: 'The same key again gives the same model again.' }),
    }),
  });
  builder.objectType('RegisterModelPayload', {
    fields: (t) => ({
      model: t.field({ type: Model, nullable: true, resolve: ({ id }) => (id === null ? null : { id }) }),
      userErrors: t.field({ type: ['UserError'], resolve: ({ userErrors }) => [...userErrors] }),
    }),
  });
  builder.mutationField('registerModel', (t) =>
    t.field({
      type: 'RegisterModelPayload',
      args: { input: t.arg({ type: RegisterModelInput, required: true }) },
      resolve: (_root, { input }, context) => mutate(() => registerModel(context, input)),
    }),
  );

  return { Model, ModelVersion };
}
