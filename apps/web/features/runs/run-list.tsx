'use client';

import { Button } from '@mantine/core';
import { ConnectionNote } from '#features/ui/connection-note.tsx';
import { ProblemPanel } from '#features/ui/problem-panel.tsx';
import { useNow } from '#features/ui/time.tsx';
import { isUnderWay, prepareRunRow } from './prepare-list.ts';
import { NoRuns } from './no-runs.tsx';
import { RunTable } from './run-table.tsx';
import { useRunList, type RunPage } from './use-run-list.ts';

interface RunListProps {
  organizationId: string;
  initial: RunPage;
  renderedAtMs: number;
}

export function RunList({ organizationId, initial, renderedAtMs }: RunListProps) {
  const { runs, hasOlder, readOlder, connection, problem } = useRunList(organizationId, initial);
  const nowMs = useNow(renderedAtMs, runs.some(isUnderWay));
  return (
    <>
      <ConnectionNote connection={connection} />
      {problem && <ProblemPanel message="The list could not be read." hint={problem} />}
      {runs.length === 0 ? <NoRuns /> : <RunTable rows={runs.map((run) => prepareRunRow(run, nowMs))} nowMs={nowMs} />}
      {hasOlder && (
        <Button variant="default" mt="md" onClick={readOlder}>
          Show older runs
        </Button>
      )}
    </>
  );
}
