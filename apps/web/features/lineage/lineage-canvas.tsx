'use client';

import '@xyflow/react/dist/base.css';
import { Controls, MarkerType, Position, ReactFlow } from '@xyflow/react';
import { useMemo } from 'react';
import { LineageEdgeView, type LineageFlowEdge } from './lineage-edge.tsx';
import { LineageNodeView, type LineageFlowNode } from './lineage-node.tsx';
import { nodeSize, type Direction, type LineageGraph } from './prepare-graph.ts';
import classes from './lineage.module.css';

const nodeTypes = { lineage: LineageNodeView };
const edgeTypes = { lineage: LineageEdgeView };

export function LineageCanvas({ graph, direction }: { graph: LineageGraph; direction: Direction }) {
  const nodes = useMemo(() => toFlowNodes(graph, direction), [graph, direction]);
  const edges = useMemo(() => toFlowEdges(graph), [graph]);
  return (
    <ReactFlow
      className={classes.flow}
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
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
      aria-label="Lineage as a graph"
    >
      <Controls showInteractive={false} position="top-right" className={classes.controls} />
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

function toFlowEdges({ edges }: LineageGraph): LineageFlowEdge[] {
  return edges.map((placed) => ({
    id: `${placed.from} ${placed.role} ${placed.to}`,
    type: 'lineage',
    source: placed.from,
    target: placed.to,
    data: { placed },
    markerEnd: { type: MarkerType.ArrowClosed, color: 'var(--ink-soft)', width: 16, height: 16 },
  }));
}
