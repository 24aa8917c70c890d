import type { RunRowFragment } from '#generated/graphql.ts';
import { stageTitle, roundsOf, runFraction } from '#features/run/prepare-stages.ts';
import { recipeGist } from '#features/run/recipe.ts';
import { formatDuration, formatRelativeChange, missing } from '#features/ui/format.ts';
import { formatQualityChange, qualityPoints } from '#features/ui/quality.ts';

/** The list with a run that changed put in its place, or at the top when it is new: newest first. */
export function upsertRun(runs: readonly RunRowFragment[], changed: RunRowFragment): RunRowFragment[] {
  const known = runs.some(({ id }) => id === changed.id);
  if (known) return runs.map((run) => (run.id === changed.id ? changed : run));
  return [...runs, changed].sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
}

/** The newest page read again, followed by what was listed below it. */
export function replaceNewest(runs: readonly RunRowFragment[], newest: readonly RunRowFragment[]): RunRowFragment[] {
  const known = new Set(newest.map(({ id }) => id));
  return [...newest, ...runs.filter(({ id }) => !known.has(id))];
}

export const isUnderWay = ({ status }: Pick<RunRowFragment, 'status'>): boolean => status === 'QUEUED' || status === 'RUNNING';

export interface RunListRow {
  id: string;
  title: string;
  status: RunRowFragment['status'];
  kind: string;
  model: string;
  dataset: string;
  method: string;
  target: string;
  fraction: number;
  /** What is going on: `Train · epoch 3 of 10`. */
  activity: string;
  /** Accuracy, or mean average precision. */
  quality: string;
  qualityChange: string | null;
  macsChange: string;
  createdAt: string;
  duration: string;
}

export function prepareRunRow(run: RunRowFragment, nowMs: number): RunListRow {
  const { id, title, status, kind, model, dataset, createdAt, startedAt, finishedAt } = run;
  const { before, after } = run.detection ?? run;
  const gist = recipeGist(run.recipe);
  const endMs = finishedAt ? Date.parse(finishedAt) : nowMs;
  return {
    id,
    title,
    status,
    kind: kind === 'TRAINING' ? 'Training' : 'Compression',
    model: model.name,
    dataset: dataset.name,
    method: gist?.method ?? missing,
    target: gist?.target ?? '\u00a0',
    fraction: status === 'SUCCEEDED' ? 1 : runFraction(run.stages),
    activity: activityOf(run),
    quality: formatQualityChange(before, after),
    qualityChange: before && after ? qualityPoints(before, after) : null,
    macsChange: before && after ? formatRelativeChange(before.macs, after.macs) : missing,
    createdAt,
    duration: startedAt ? formatDuration(endMs - Date.parse(startedAt)) : missing,
  };
}

function activityOf({ status, stages }: RunRowFragment): string {
  if (status === 'QUEUED') return 'waits for a worker';
  const stage = stages.find((one) => one.status === 'RUNNING') ?? stages.find((one) => one.status === 'FAILED');
  if (!stage) return status === 'SUCCEEDED' ? 'done' : '\u00a0';
  const { epoch, epochs, phase } = stage.progress ?? {};
  const title = stageTitle(stage, roundsOf(stages));
  if (stage.status === 'FAILED') return `failed in ${title}`;
  const detail = epoch && epochs ? `epoch ${epoch} of ${epochs}` : phase;
  return detail ? `${title} · ${detail}` : title;
}
