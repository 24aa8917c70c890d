import { Graph, layout } from '@dagrejs/dagre';
import type { LineageKind, LineageQuery } from '#generated/graphql.ts';
import { linkToDataset, linkToRun, linkToVersion } from '#features/ui/links.ts';

export type Lineage = LineageQuery['lineage'];
export type Direction = 'across' | 'down';

export interface PlacedNode {
  id: string;
  kind: LineageKind;
  title: string;
  subtitle: string;
  status: string | null;
  href: string;
  /** Whether this is what the graph was asked about. */
  isSubject: boolean;
  /** Upper left corner, in pixels. */
  x: number;
  y: number;
}

export interface PlacedEdge {
  from: string;
  to: string;
  role: string;
  /** The way around other nodes, from border to border. */
  points: { x: number; y: number }[];
  /** The middle of the word on the edge. */
  label: { x: number; y: number };
}

export interface LineageGraph {
  nodes: PlacedNode[];
  edges: PlacedEdge[];
}

export const nodeSize = { width: 216, height: 68 };
export const edgeLabelSize = { width: 56, height: 18 };

const links: Record<LineageKind, (id: string) => string> = {
  MODEL_VERSION: linkToVersion,
  RUN: linkToRun,
  DATASET: linkToDataset,
};

export const kindNames: Record<LineageKind, string> = { MODEL_VERSION: 'Model version', RUN: 'Run', DATASET: 'Dataset' };

/** Gives every node its place, so that edges point from what was used to what was made of it. */
export function placeLineage({ nodes, edges }: Lineage, subject: string, direction: Direction): LineageGraph {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: direction === 'across' ? 'LR' : 'TB', nodesep: 28, ranksep: 36, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of nodes) graph.setNode(id, { ...nodeSize });
  for (const { from, to, role } of edges) {
    if (graph.hasNode(from) && graph.hasNode(to)) graph.setEdge(from, to, { ...edgeLabelSize, labelpos: 'c' }, role);
  }
  layout(graph);
  return {
    nodes: nodes.map(({ id, kind, title, subtitle, status }) => {
      const { x, y } = graph.node(id);
      return {
        id,
        kind,
        title,
        subtitle,
        status,
        href: links[kind](id),
        isSubject: id === subject,
        x: x - nodeSize.width / 2,
        y: y - nodeSize.height / 2,
      };
    }),
    edges: edges
      .filter(({ from, to }) => graph.hasNode(from) && graph.hasNode(to))
      .map(({ from, to, role }) => {
        const { points, x, y } = graph.edge(from, to, role);
        return { from, to, role, points: points ?? [], label: { x: x ?? 0, y: y ?? 0 } };
      }),
  };
}

/** The same graph in words, for those who cannot see it: what each thing was made from. */
export function describeLineage({ nodes, edges }: Lineage): string[] {
  const titles = new Map(nodes.map(({ id, title, kind }) => [id, `${kindNames[kind].toLowerCase()} ${title}`]));
  return edges.map(({ from, to, role }) => {
    const [source, target] = [titles.get(from) ?? from, titles.get(to) ?? to];
    return role === 'output' ? `${source} made ${target}` : `${target} used ${source}`;
  });
}
