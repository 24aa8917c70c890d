'use client';

import { ConnectionNote } from '#features/ui/connection-note.tsx';
import { ProblemPanel } from '#features/ui/problem-panel.tsx';
import { useNow } from '#features/ui/time.tsx';
import { CurvesPanel } from './curves-panel.tsx';
import type { RunDetails } from './live.ts';
import { LogPanel } from './log-panel.tsx';
import { MeasuresPanel } from './measures-panel.tsx';
import { RecipePanel } from './recipe-panel.tsx';
import type { Fact } from './recipe.ts';
import { RunHeader } from './run-header.tsx';
import { StagesPanel } from './stages-panel.tsx';
import { useLiveRun } from './use-live-run.ts';
import { WidthsPanel } from './widths-panel.tsx';
import classes from './run-view.module.css';

interface RunViewProps {
  run: RunDetails;
  facts: Fact[];
  renderedAtMs: number;
}

export function RunView({ run, facts, renderedAtMs }: RunViewProps) {
  const { live, isFinal, connection, setState } = useLiveRun(run);
  const nowMs = useNow(renderedAtMs, !isFinal);
  const { state, series, log } = live;
  const isCompression = run.kind === 'COMPRESSION';
  return (
    <>
      <RunHeader run={run} state={state} nowMs={nowMs} onCancelled={setState} />
      <ConnectionNote connection={connection} />
      <div className={classes.columns}>
        <div className={classes.main}>
          {state.error && <ProblemPanel {...state.error} />}
          <CurvesPanel series={series} isFinal={isFinal} />
          <MeasuresPanel state={state} isFinal={isFinal} />
          {isCompression && <WidthsPanel widths={state.widths} isFinal={isFinal} />}
          <LogPanel log={log} />
        </div>
        <div className={classes.side}>
          <div className={classes.first}>
            <StagesPanel stages={state.stages} nowMs={nowMs} />
          </div>
          <div className={classes.last}>
            <RecipePanel facts={facts} recipe={run.recipe} />
          </div>
        </div>
      </div>
    </>
  );
}
