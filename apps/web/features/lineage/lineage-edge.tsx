'use client';

import { BaseEdge, type Edge, type EdgeProps } from '@xyflow/react';
import { edgeLabelSize, type PlacedEdge } from './prepare-graph.ts';
import { smoothPath } from './smooth-path.ts';
import classes from './lineage.module.css';

export type LineageFlowEdge = Edge<{ placed: PlacedEdge }, 'lineage'>;

/** Goes where the layout left room for it, instead of straight through the nodes between. */
export function LineageEdgeView({ data, markerEnd }: EdgeProps<LineageFlowEdge>) {
  if (!data) return null;
  const { points, label, role } = data.placed;
  const { width, height } = edgeLabelSize;
  return (
    <>
      <BaseEdge path={smoothPath(points)} markerEnd={markerEnd} className={classes.edge} />
      <rect x={label.x - width / 2} y={label.y - height / 2} width={width} height={height} rx={4} className={classes.labelPlate} />
      <text x={label.x} y={label.y} className={classes.label}>
        {role}
      </text>
    </>
  );
}
