import { EspalierError } from '@espalier/core';
import { readLineage, type LineageNode } from '@espalier/database';
import { demand, notFound, signedIn } from '../../auth/viewer.ts';
import type { Context } from '../../schema/context.ts';
import { decodeId, encodeId, type GlobalId } from '../../schema/ids.ts';
import type { LineageShape } from '../../schema/shapes.ts';

export const deepestLineage = 200;

/** @throws EspalierError `NOT_SIGNED_IN`, `NOT_FOUND`, `BAD_INPUT`. */
export async function lineageOf({ viewer, services }: Context, { of, depth }: { of: string; depth: number }): Promise<LineageShape> {
  signedIn(viewer);
  if (depth < 0 || depth > deepestLineage) {
    throw new EspalierError('BAD_INPUT', `depth: ${depth} is not between 0 and ${deepestLineage}`, { path: ['depth'] });
  }
  const named = decodeId(of);
  const organizationId = named === null ? null : await organizationOf(services.database.prisma, named);
  if (named === null || organizationId === null) throw notFound('version, run or dataset', ['of']);
  demand(viewer, 'lineage:read', { organizationId, what: 'version, run or dataset', path: ['of'] });
  const lineage = await readLineage(services.database, { organizationId, id: named.id, depth });
  if (lineage === null) throw notFound('version, run or dataset', ['of']);
  const nodes = lineage.nodes.map(shown);
  const typenames = new Map(nodes.map(({ id, typename }) => [id, typename]));
  const globalId = (id: string): string => encodeId(typenames.get(id) ?? 'Run', id);
  return {
    nodes,
    edges: lineage.edges.map(({ from, to, role }) => ({ from: globalId(from), to: globalId(to), role })),
    truncated: lineage.truncated,
  };
}

async function organizationOf(prisma: Context['services']['database']['prisma'], { typename, id }: GlobalId): Promise<string | null> {
  const query = { where: { id }, select: { organizationId: true } } as const;
  switch (typename) {
    case 'Run':
      return (await prisma.run.findUnique(query))?.organizationId ?? null;
    case 'Dataset':
      return (await prisma.dataset.findUnique(query))?.organizationId ?? null;
    case 'ModelVersion': {
      const version = await prisma.modelVersion.findUnique({ where: { id }, select: { model: { select: { organizationId: true } } } });
      return version?.model.organizationId ?? null;
    }
    default:
      return null;
  }
}

function shown(node: LineageNode): LineageShape['nodes'][number] {
  switch (node.kind) {
    case 'version': {
      const { id, model, number, macs, parameters } = node;
      const subtitle = `${inMillions(macs)} M MACs, ${inMillions(parameters)} M parameters`;
      return { typename: 'ModelVersion', id, title: `${model} v${number}`, subtitle, status: null };
    }
    case 'run': {
      const { id, title, status, recipe } = node;
      const what = recipe.kind === 'training' ? 'training' : `${recipe.method.name}, ${targetText(recipe.target)}`;
      return { typename: 'Run', id, title, subtitle: what, status };
    }
    case 'dataset': {
      const { id, name, format, status } = node;
      return { typename: 'Dataset', id, title: name, subtitle: format, status };
    }
  }
}

const inMillions = (count: number): string => (count / 1e6).toFixed(2);
const targetText = ({ measure, reductionRatio }: { measure: string; reductionRatio: number }): string =>
  `−${Math.round(reductionRatio * 1000) / 10} % ${measure === 'macs' ? 'MACs' : measure}`;
