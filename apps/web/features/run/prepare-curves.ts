import { niceTicks } from '@espalier/core';
import type { Point, Series } from './live.ts';

/** One chart: its lines share an axis. */
export interface CurvePanel {
  title: string;
  /** How values of the vertical axis are written. */
  unit: 'share' | 'number';
  lines: CurveLine[];
  /** One row for each drawn step, with the value of each line that has one there. */
  rows: CurveRow[];
  /** Where the axes are marked; the vertical one reaches from the first mark to the last. */
  valueTicks: number[];
  stepTicks: number[];
  /** Where each round after the first begins. */
  roundStarts: { step: number; label: string }[];
}
export interface CurveLine {
  key: string;
  label: string;
  latest: number;
}
export type CurveRow = { step: number } & Record<string, number>;

interface PanelKind {
  title: string;
  unit: CurvePanel['unit'];
  /** Names of the series shown, without the stage, and what their lines are called. */
  lines: Record<string, string>;
}

const accuracyPanel: PanelKind = { title: 'Accuracy', unit: 'share', lines: { accuracy: 'training', 'validation-accuracy': 'validation' } };
/** Only of detectors, which have no accuracy. */
const detectionPanel: PanelKind = {
  title: 'Mean average precision',
  unit: 'share',
  lines: { 'validation-mean-average-precision': '11 points', 'validation-mean-average-precision-area': 'area' },
};

const panelKinds: readonly PanelKind[] = [
  {
    title: 'Loss',
    unit: 'number',
    lines: { loss: 'training', 'validation-loss': 'validation', confidence: 'classes', localisation: 'boxes' },
  },
  accuracyPanel,
  detectionPanel,
  { title: 'Learning rate', unit: 'number', lines: { 'learning-rate': 'learning rate' } },
];

/** Only of runs whose method searches: its steps are candidates, not batches. */
const searchPanel: PanelKind = { title: 'Search', unit: 'share', lines: { fitness: 'candidate', 'best-fitness': 'best' } };

/** More points than this on one line cannot be told apart on a screen. */
const drawnPoints = 400;

/** The charts of a run. Rounds follow each other on one axis of steps, although each counts its own from zero. */
export function prepareCurves(series: Series): CurvePanel[] {
  const isOfSearch = ([name]: readonly [string, unknown]): boolean => name.startsWith('search/');
  const searches: Series = new Map([...series].filter(isOfSearch));
  const panels = prepareTraining(new Map([...series].filter((one) => !isOfSearch(one))));
  return searches.size === 0 ? panels : [...panels, preparePanel(searchPanel, searches, stagesInOrder(searches))];
}

function prepareTraining(series: Series): CurvePanel[] {
  const stages = stagesInOrder(series);
  const isDetection = [...series.keys()].some((name) => splitName(name).kind in detectionPanel.lines);
  const hidden = isDetection ? accuracyPanel : detectionPanel;
  return panelKinds.filter((kind) => kind !== hidden).map((kind) => preparePanel(kind, series, stages));
}

interface StageOnAxis {
  /** `train`, `retrain/1`. */
  prefix: string;
  firstStep: number;
}

function stagesInOrder(series: Series): StageOnAxis[] {
  const lastSteps = new Map<string, number>();
  for (const [name, points] of series) {
    const prefix = splitName(name).prefix;
    lastSteps.set(prefix, Math.max(lastSteps.get(prefix) ?? 0, points.at(-1)?.step ?? 0));
  }
  const byRound = new Intl.Collator('en', { numeric: true });
  const prefixes = [...lastSteps.keys()].sort(byRound.compare);
  let firstStep = 0;
  return prefixes.map((prefix) => {
    const stage = { prefix, firstStep };
    firstStep += lastSteps.get(prefix)! + 1;
    return stage;
  });
}

function splitName(name: string): { prefix: string; kind: string } {
  const slash = name.lastIndexOf('/');
  return { prefix: name.slice(0, Math.max(slash, 0)), kind: name.slice(slash + 1) };
}

function preparePanel({ title, unit, lines }: PanelKind, series: Series, stages: StageOnAxis[]): CurvePanel {
  const drawn = Object.entries(lines).flatMap(([kind, label]) => {
    const points = stages.flatMap(({ prefix, firstStep }) =>
      (series.get(prefix ? `${prefix}/${kind}` : kind) ?? []).map(({ step, value }) => ({ step: step + firstStep, value })),
    );
    const latest = points.at(-1);
    return latest ? [{ key: kind, label, latest: latest.value, points: thinOut(points) }] : [];
  });
  return {
    title,
    unit,
    lines: drawn.map(({ key, label, latest }) => ({ key, label, latest })),
    rows: toRows(drawn),
    ...ticksOf(
      unit,
      drawn.flatMap(({ points }) => points),
    ),
    roundStarts: stages.slice(1).map(({ prefix, firstStep }) => ({ step: firstStep, label: `round ${splitName(prefix).kind}` })),
  };
}

/** Keeps the lowest and the highest point of each stretch, so that no spike is lost, and the last point, which is the newest. */
export function thinOut(points: readonly Point[], limit = drawnPoints): readonly Point[] {
  if (points.length <= limit) return points;
  const stretch = Math.ceil(points.length / (limit / 2));
  const kept: Point[] = [];
  for (let start = 0; start < points.length; start += stretch) {
    const part = points.slice(start, start + stretch);
    const lowest = part.reduce((least, point) => (point.value < least.value ? point : least));
    const highest = part.reduce((most, point) => (point.value > most.value ? point : most));
    kept.push(...[...new Set([lowest, highest])].sort((a, b) => a.step - b.step));
  }
  const last = points.at(-1)!;
  return kept.at(-1) === last ? kept : [...kept, last];
}

function toRows(lines: { key: string; points: readonly Point[] }[]): CurveRow[] {
  const rows = new Map<number, CurveRow>();
  for (const { key, points } of lines) {
    for (const { step, value } of points) {
      const row: CurveRow = rows.get(step) ?? { step };
      row[key] = value;
      rows.set(step, row);
    }
  }
  return [...rows.values()].sort((a, b) => a.step - b.step);
}

/** Accuracies are marked up to 100 % from a round tenth below the lowest, everything else from zero up. */
function ticksOf(unit: CurvePanel['unit'], points: readonly Point[]): Pick<CurvePanel, 'valueTicks' | 'stepTicks'> {
  if (points.length === 0) return { valueTicks: [0, 1], stepTicks: [0, 1] };
  const values = points.map(({ value }) => value);
  const lowest = unit === 'share' ? Math.max(0, Math.floor(Math.min(...values) * 10 - 0.5) / 10) : Math.min(0, ...values);
  const highest = unit === 'share' ? 1 : Math.max(...values);
  const steps = points.map(({ step }) => step);
  return { valueTicks: niceTicks(lowest, highest, 5), stepTicks: niceTicks(0, Math.max(...steps), 6) };
}
