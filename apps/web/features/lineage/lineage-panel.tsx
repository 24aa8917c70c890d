'use client';

import { useMediaQuery } from '@mantine/hooks';
import { useMemo } from 'react';
import { Panel } from '#features/ui/panel.tsx';
import { LineageCanvas } from './lineage-canvas.tsx';
import { describeLineage, placeLineage, type Lineage } from './prepare-graph.ts';
import classes from './lineage.module.css';

/** What something was made from and what was made from it: a graph to see, and the same in words to be read out. */
export function LineagePanel({ lineage, subject }: { lineage: Lineage; subject: string }) {
  const isNarrow = useMediaQuery('(max-width: 760px)') ?? false;
  const graph = useMemo(() => placeLineage(lineage, subject, isNarrow ? 'down' : 'across'), [lineage, subject, isNarrow]);
  return (
    <Panel
      title="Lineage"
      note={lineage.truncated ? 'Only a part is shown: the whole reaches further.' : 'What this was made from, and what was made from it.'}
    >
      <div className={classes.canvas}>
        <LineageCanvas key={isNarrow ? 'down' : 'across'} graph={graph} direction={isNarrow ? 'down' : 'across'} />
      </div>
      <ul className="visually-hidden" aria-label="Lineage in words">
        {describeLineage(lineage).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </Panel>
  );
}
