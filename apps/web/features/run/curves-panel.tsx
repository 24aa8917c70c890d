'use client';

import { useMemo } from 'react';
import { Panel } from '#features/ui/panel.tsx';
import { CurveChart } from './curve-chart.tsx';
import type { Series } from './live.ts';
import { prepareCurves } from './prepare-curves.ts';
import classes from './curves-panel.module.css';

export function CurvesPanel({ series, isFinal }: { series: Series; isFinal: boolean }) {
  const panels = useMemo(() => prepareCurves(series), [series]);
  return (
    <Panel title="Curves">
      <div className={classes.charts}>
        {panels.map((panel) => (
          <CurveChart key={panel.title} panel={panel} whenEmpty={isFinal ? 'Nothing was drawn' : 'No points yet'} />
        ))}
      </div>
    </Panel>
  );
}
