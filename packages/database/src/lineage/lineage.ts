import { RecipeSchema, type Recipe } from '@espalier/core';
import type { Database } from '../open.ts';
import { walkLineage } from './walk.ts';

export interface VersionNode {
  readonly kind: 'version';
  readonly id: string;
  readonly model: string;
  readonly number: number;
  readonly parameters: number;
  readonly macs: number;
}
export interface RunNode {
  readonly kind: 'run';
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly recipe: Recipe;
}
export interface DatasetNode {
  readonly kind: 'dataset';
  readonly id: string;
  readonly name: string;
  readonly format: string;
  readonly status: string;
}
export type LineageNode = VersionNode | RunNode | DatasetNode;

/** An edge points from what was used to what used it, or from what made to what was made. */
export interface LineageEdge {
  readonly from: string;
  readonly to: string;
  readonly role: 'input' | 'dataset' | 'output';
}

export interface Lineage {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
  /** Whether there is more beyond `depth`. */
  readonly truncated: boolean;
}

/** What a version, run or dataset was made from and what was made from it; null when the organization has nothing of that id. */
export async function readLineage(
  { pool, prisma }: Pick<Database, 'pool' | 'prisma'>,
  { organizationId, id, depth }: { organizationId: string; id: string; depth: number },
): Promise<Lineage | null> {
  // One step further than asked, to know whether there is more.
  const steps = await walkLineage(pool, { organizationId, id, depth: depth + 1 });
  const near = [...steps].filter(([, step]) => step <= depth).map(([nodeId]) => nodeId);
  const where = { id: { in: near }, organizationId };
  const [versions, runs, datasets] = await Promise.all([
    prisma.modelVersion.findMany({
      where: { id: { in: near }, model: { organizationId } },
      select: { id: true, number: true, parameters: true, macs: true, runId: true, model: { select: { name: true } } },
      orderBy: { createdAt: 'asc' },
    }),
    prisma.run.findMany({
      where,
      select: { id: true, title: true, status: true, recipe: true, inputVersionId: true, datasetId: true },
      orderBy: { createdAt: 'asc' },
    }),
    prisma.dataset.findMany({ where, select: { id: true, name: true, format: true, status: true }, orderBy: { createdAt: 'asc' } }),
  ]);
  const nodes: LineageNode[] = [
    ...datasets.map((dataset) => ({ kind: 'dataset' as const, ...dataset })),
    ...versions.map(({ id, number, parameters, macs, model }) => ({
      kind: 'version' as const,
      id,
      model: model.name,
      number,
      parameters: Number(parameters),
      macs: Number(macs),
    })),
    ...runs.map(({ id, title, status, recipe }) => ({ kind: 'run' as const, id, title, status, recipe: RecipeSchema.parse(recipe) })),
  ];
  const present = new Set(nodes.map((node) => node.id));
  if (!present.has(id)) return null;
  const edges: LineageEdge[] = [
    ...runs.flatMap(({ id: to, inputVersionId }) =>
      inputVersionId === null ? [] : [{ from: inputVersionId, to, role: 'input' as const }],
    ),
    ...runs.map(({ id: to, datasetId }) => ({ from: datasetId, to, role: 'dataset' as const })),
    ...versions.flatMap(({ id: to, runId }) => (runId === null ? [] : [{ from: runId, to, role: 'output' as const }])),
  ];
  return {
    nodes,
    edges: edges.filter(({ from, to }) => present.has(from) && present.has(to)),
    truncated: near.length < steps.size,
  };
}
