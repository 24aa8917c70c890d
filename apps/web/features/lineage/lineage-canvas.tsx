'use client';

import '@xyflow/react/dist/base.css';
import { Controls, MarkerType, Position, ReactFlow, type Edge } from '@xyflow/react';
import { useMemo } from 'react';
import { LineageNodeView, type LineageFlowNode } from './lineage-node.tsx';
import { nodeSize, type Direction, type LineageGraph } from './prepare-graph.ts';
import classes from './lineage.module.css';

const nodeTypes = { lineage: LineageNodeView };

export function LineageCanvas({ graph, direction }: { graph: LineageGraph; direction: Direction }) {
  const nodes = useMemo(() => toFlowNodes(graph, direction), [graph, direction]);
  const edges = useMemo(() => toFlowEdges(graph), [graph]);
  return (
    <ReactFlow
      className={classes.flow}
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      fitView
      fitViewOptions={{ padding: 0.06, maxZoom: 1 }}
      minZoom={0.2}
      maxZoom={1.5}
      nodesDraggable={false}
      nodesConnectable={false}
      // Each node holds a link, which is what the keyboard goes to.
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      zoomOnScroll={false}
      preventScrolling={false}
      proOptions={{ hideAttribution: true }}
      aria-label="Lineage as a graph"
    >
      <Controls showInteractive={false} className={classes.controls} />
    </ReactFlow>
  );
}

function toFlowNodes({ nodes }: LineageGraph, direction: Direction): LineageFlowNode[] {
  const [targetPosition, sourcePosition] = direction === 'across' ? [Position.Left, Position.Right] : [Position.Top, Position.Bottom];
  return nodes.map((node) => ({
    id: node.id,
    type: 'lineage',
    position: { x: node.x, y: node.y },
    data: { placed: node },
    targetPosition,
    sourcePosition,
    ...nodeSize,
  }));
}

function toFlowEdges({ edges }: LineageGraph): Edge[] {
  return edges.map(({ from, to, role }) => ({
    id: `${from} ${role} ${to}`,
    source: from,
    target: to,
    label: role,
    markerEnd: { type: MarkerType.ArrowClosed, color: 'var(--ink-soft)', width: 16, height: 16 },
  }));
}
