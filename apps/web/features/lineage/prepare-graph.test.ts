import { describe, expect, it } from 'vitest';
import { describeLineage, nodeSize, placeLineage, type Lineage } from './prepare-graph.ts';

const lineage: Lineage = {
  truncated: false,
  nodes: [
    { id: 'data', kind: 'DATASET', title: 'digits', subtitle: 'idx', status: 'READY' },
    { id: 'train', kind: 'RUN', title: 'Train', subtitle: 'training', status: 'SUCCEEDED' },
    { id: 'v1', kind: 'MODEL_VERSION', title: 'digits 1', subtitle: '98 %', status: null },
    { id: 'half', kind: 'RUN', title: 'Half', subtitle: 'compression', status: 'SUCCEEDED' },
    { id: 'v2', kind: 'MODEL_VERSION', title: 'digits 2', subtitle: '97 %', status: null },
  ],
  edges: [
    { from: 'data', to: 'train', role: 'dataset' },
    { from: 'train', to: 'v1', role: 'output' },
    { from: 'v1', to: 'half', role: 'input' },
    { from: 'data', to: 'half', role: 'dataset' },
    { from: 'half', to: 'v2', role: 'output' },
  ],
};

describe.each(['across', 'down'] as const)('a lineage laid out %s', (direction) => {
  const graph = placeLineage(lineage, 'v2', direction);
  const place = new Map(graph.nodes.map((node) => [node.id, node]));
  const along = direction === 'across' ? 'x' : 'y';

  it('puts what was made behind what it was made from', () => {
    for (const { from, to } of graph.edges) expect(place.get(to)![along]).toBeGreaterThan(place.get(from)![along]);
  });

  it('lets no two nodes overlap', () => {
    for (const a of graph.nodes) {
      for (const b of graph.nodes) {
        if (a === b) continue;
        expect(Math.abs(a.x - b.x) >= nodeSize.width || Math.abs(a.y - b.y) >= nodeSize.height).toBe(true);
      }
    }
  });

  it('marks the subject and links each node to its page', () => {
    expect(graph.nodes.filter(({ isSubject }) => isSubject).map(({ id }) => id)).toEqual(['v2']);
    expect(graph.nodes.map(({ href }) => href)).toEqual(['/datasets/data', '/runs/train', '/versions/v1', '/runs/half', '/versions/v2']);
  });
});

it('is told in words', () => {
  expect(describeLineage(lineage)).toEqual([
    'run Train used dataset digits',
    'run Train made model version digits 1',
    'run Half used model version digits 1',
    'run Half used dataset digits',
    'run Half made model version digits 2',
  ]);
});

it('leaves out an edge to a node that the depth cut off', () => {
  const cut = { ...lineage, nodes: lineage.nodes.slice(1) };
  expect(placeLineage(cut, 'v2', 'across').edges.map(({ role }) => role)).toEqual(['output', 'input', 'output']);
});
