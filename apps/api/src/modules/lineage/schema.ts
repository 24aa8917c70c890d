import type { Builder } from '../../schema/builder.ts';
import { encodeId, type NodeType } from '../../schema/ids.ts';
import { lineageOf } from './service.ts';

export function addLineage(builder: Builder): void {
  const LineageKind = builder.enumType('LineageKind', {
    values: {
      MODEL_VERSION: { value: 'ModelVersion' },
      RUN: { value: 'Run' },
      DATASET: { value: 'Dataset' },
    } satisfies Record<string, { value: NodeType }>,
  });
  builder.objectType('Lineage', {
    fields: (t) => ({
      nodes: t.field({ type: ['LineageNode'], resolve: ({ nodes }) => [...nodes] }),
      edges: t.field({ type: ['LineageEdge'], resolve: ({ edges }) => [...edges] }),
      truncated: t.exposeBoolean('truncated', { description: 'True when `depth` cut the graph off.' }),
    }),
  });
  builder.objectType('LineageNode', {
    fields: (t) => ({
      id: t.id({ resolve: ({ typename, id }) => encodeId(typename, id) }),
      kind: t.field({ type: LineageKind, resolve: ({ typename }) => typename }),
      title: t.exposeString('title'),
      subtitle: t.exposeString('subtitle'),
      status: t.exposeString('status', { nullable: true }),
    }),
  });
  builder.objectType('LineageEdge', {
    fields: (t) => ({
      from: t.exposeID('from'),
      to: t.exposeID('to'),
      role: t.exposeString('role', { description: '`input`, `dataset` or `output`.' }),
    }),
  });
  builder.queryField('lineage', (t) =>
    t.field({
      type: 'Lineage',
      description: 'What a version, run or dataset was made from and what was made from it, as far as `depth` steps each way.',
      args: { of: t.arg.id({ required: true }), depth: t.arg.int({ required: true, defaultValue: 20 }) },
      resolve: (_root, input, context) => lineageOf(context, input),
    }),
  );
}
