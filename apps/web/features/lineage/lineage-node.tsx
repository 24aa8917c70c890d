'use client';

import { IconDatabase, IconPlayerPlay, IconStack2, type TablerIcon } from '@tabler/icons-react';
import { Handle, type Node, type NodeProps } from '@xyflow/react';
import Link from 'next/link';
import type { LineageKind } from '#generated/graphql.ts';
import { kindNames, type PlacedNode } from './prepare-graph.ts';
import classes from './lineage.module.css';

export type LineageFlowNode = Node<{ placed: PlacedNode }, 'lineage'>;

const icons: Record<LineageKind, TablerIcon> = { MODEL_VERSION: IconStack2, RUN: IconPlayerPlay, DATASET: IconDatabase };

/** Versions are rectangles, runs are rounded, datasets have a double left edge; the icon and the word say the same. */
export function LineageNodeView({ data: { placed }, targetPosition, sourcePosition }: NodeProps<LineageFlowNode>) {
  const Icon = icons[placed.kind];
  return (
    <>
      {targetPosition && <Handle type="target" position={targetPosition} className={classes.handle} isConnectable={false} />}
      <Link href={placed.href} className={classes.node} data-kind={placed.kind} aria-current={placed.isSubject ? 'page' : undefined}>
        <Icon size={20} stroke={1.6} aria-hidden className={classes.icon} />
        <span className={classes.text}>
          <span className={classes.kind}>{kindNames[placed.kind]}</span>
          <span className={classes.title}>{placed.title}</span>
          <span className={classes.subtitle}>{placed.subtitle}</span>
        </span>
      </Link>
      {sourcePosition && <Handle type="source" position={sourcePosition} className={classes.handle} isConnectable={false} />}
    </>
  );
}
