'use client';

import { CartesianGrid, Line, LineChart, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { formatCount, formatShare, formatValue } from '#features/ui/format.ts';
import type { CurvePanel, CurveRow } from './prepare-curves.ts';
import classes from './curves-panel.module.css';

/** The first line is drawn through, the second broken: they can be told apart without colours. */
const strokes = [
  { color: 'var(--curve-1)', dash: undefined, width: 1.75 },
  { color: 'var(--curve-2)', dash: '5 3', width: 2 },
] as const;
const strokeOf = (index: number) => strokes[index % strokes.length]!;

const tick = { fill: 'var(--ink-soft)', fontSize: 12 };

export function CurveChart({ panel, whenEmpty }: { panel: CurvePanel; whenEmpty: string }) {
  const { title, unit, lines, rows, valueTicks, stepTicks, roundStarts } = panel;
  const write = unit === 'share' ? (value: number) => formatShare(value, 1) : formatValue;
  const isLow = title === 'Learning rate' || undefined;
  return (
    <figure className={classes.chart} aria-label={`${title} over training steps`} data-chart={title} data-points={rows.length}>
      <figcaption className={classes.caption}>
        <h3 className={classes.title}>{title}</h3>
        <ul className={classes.legend}>
          {lines.map(({ key, label, latest }, index) => (
            <li key={key}>
              <LegendMark index={index} />
              {label} <strong>{write(latest)}</strong>
            </li>
          ))}
        </ul>
      </figcaption>
      <div className={classes.canvas} data-low={isLow}>
        {rows.length === 0 ? (
          <div className={classes.empty}>{whenEmpty}</div>
        ) : (
          <ResponsiveContainer width="100%" height="100%">
            <LineChart data={rows} margin={{ top: 12, right: 8, bottom: 0, left: 0 }} accessibilityLayer>
              <CartesianGrid stroke="var(--line)" vertical={false} />
              <XAxis
                dataKey="step"
                type="number"
                domain={[0, stepTicks.at(-1) ?? 1]}
                ticks={stepTicks}
                tick={tick}
                tickFormatter={formatCount}
                stroke="var(--line)"
              />
              <YAxis
                domain={[valueTicks[0] ?? 0, valueTicks.at(-1) ?? 1]}
                ticks={valueTicks}
                tick={tick}
                tickFormatter={unit === 'share' ? (value: number) => formatShare(value, 0) : String}
                width={58}
                axisLine={false}
                tickLine={false}
              />
              <Tooltip
                content={<CurveTooltip panel={panel} write={write} />}
                cursor={{ stroke: 'var(--ink-soft)' }}
                isAnimationActive={false}
              />
              {roundStarts.map(({ step, label }) => (
                <ReferenceLine key={step} x={step} stroke="var(--ink-soft)" strokeDasharray="2 3" label={{ value: label, ...tick }} />
              ))}
              {lines.map(({ key, label }, index) => (
                <Line
                  key={key}
                  dataKey={key}
                  name={label}
                  stroke={strokeOf(index).color}
                  strokeDasharray={strokeOf(index).dash}
                  strokeWidth={strokeOf(index).width}
                  dot={rows.length < 3}
                  connectNulls
                  isAnimationActive={false}
                />
              ))}
            </LineChart>
          </ResponsiveContainer>
        )}
      </div>
    </figure>
  );
}

function LegendMark({ index }: { index: number }) {
  const { color, dash, width } = strokeOf(index);
  return (
    <svg width="20" height="8" aria-hidden="true">
      <line x1="0" y1="4" x2="20" y2="4" stroke={color} strokeWidth={width + 0.5} strokeDasharray={dash} />
    </svg>
  );
}

interface CurveTooltipProps {
  panel: CurvePanel;
  write: (value: number) => string;
  active?: boolean;
  payload?: readonly { payload?: CurveRow }[];
}

function CurveTooltip({ panel, write, active, payload }: CurveTooltipProps) {
  const row = payload?.[0]?.payload;
  if (!active || !row) return null;
  return (
    <div className={classes.tooltip}>
      <div className="soft">step {formatCount(row.step)}</div>
      {panel.lines.map(({ key, label }) => {
        const value = row[key];
        return value === undefined ? null : (
          <div key={key}>
            {label} <strong>{write(value)}</strong>
          </div>
        );
      })}
    </div>
  );
}
