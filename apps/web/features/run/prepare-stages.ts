import type { RunStateFragment, StageStatus } from '#generated/graphql.ts';
import { formatDuration, formatRate } from '#features/ui/format.ts';

type Stage = RunStateFragment['stages'][number];
type StageLike = Pick<Stage, 'name' | 'round' | 'status'> & {
  progress: Pick<NonNullable<Stage['progress']>, 'epoch' | 'epochs' | 'step' | 'steps'> | null;
};

const titles: Record<string, string> = {
  train: 'Train',
  analyse: 'Analyse',
  prune: 'Prune',
  retrain: 'Retrain',
  evaluate: 'Evaluate',
  register: 'Register',
};

/** `Retrain` in a run of one round, `Retrain 2` in one of several. */
export function stageTitle({ name, round }: Pick<Stage, 'name' | 'round'>, rounds: number): string {
  const title = titles[name] ?? name;
  return rounds > 1 && round > 0 ? `${title} ${round}` : title;
}

export const roundsOf = (stages: readonly Pick<Stage, 'round'>[]): number => Math.max(0, ...stages.map(({ round }) => round));

/** How much of a stage is done, 0 to 1. */
export function stageFraction({ status, progress }: StageLike): number {
  if (status === 'SUCCEEDED' || status === 'SKIPPED') return 1;
  if (!progress) return 0;
  // Steps are counted over the whole stage; epochs are the coarser measure of the same.
  const { epoch, epochs, step, steps } = progress;
  const done = steps ? (step ?? 0) / steps : epochs ? Math.max(0, (epoch ?? 1) - 1) / epochs : 0;
  return Math.min(1, done);
}

/** Training takes nearly all of a run's time; the other stages weigh what they usually take beside it. */
const weightOf = (name: string): number => (name === 'train' || name === 'retrain' ? 20 : 1);

/** How much of a run is done, 0 to 1. */
export function runFraction(stages: readonly StageLike[]): number {
  const whole = stages.reduce((sum, { name }) => sum + weightOf(name), 0);
  const done = stages.reduce((sum, stage) => sum + weightOf(stage.name) * stageFraction(stage), 0);
  return whole === 0 ? 0 : done / whole;
}

export interface StageRow {
  key: string;
  title: string;
  status: StageStatus;
  fraction: number;
  /** Phase, epoch, speed, time left: whatever is known. */
  details: string[];
  duration: string | null;
  attempt: number;
  problem: Stage['error'];
}

export function prepareStages(stages: readonly Stage[], nowMs: number): StageRow[] {
  const rounds = roundsOf(stages);
  return stages.map((stage) => ({
    key: `${stage.name}/${stage.round}`,
    title: stageTitle(stage, rounds),
    status: stage.status,
    fraction: stageFraction(stage),
    details: stage.status === 'RUNNING' ? progressDetails(stage.progress) : [],
    duration: stage.startedAt && formatDuration((stage.finishedAt ? Date.parse(stage.finishedAt) : nowMs) - Date.parse(stage.startedAt)),
    attempt: stage.attempt,
    problem: stage.error,
  }));
}

function progressDetails(progress: Stage['progress']): string[] {
  if (!progress) return ['starting'];
  const { phase, epoch, epochs, step, steps, imagesPerSecond, secondsLeft } = progress;
  return [
    epoch !== null && epochs !== null ? `epoch ${epoch} of ${epochs}` : phase,
    epochs === null && step !== null && steps !== null ? `${step} of ${steps}` : null,
    imagesPerSecond === null ? null : formatRate(imagesPerSecond),
    secondsLeft === null ? null : `${formatDuration(secondsLeft * 1000)} left`,
  ].filter((detail) => detail !== null);
}

/** What the newest stage that told of its device computed with. */
export function currentDevice(stages: readonly Stage[]): Stage['device'] {
  return stages.findLast(({ device }) => device !== null)?.device ?? null;
}

export function deviceSummary({ backend, tensorflow, device, oneDnn, threads }: NonNullable<Stage['device']>): string {
  const library = tensorflow ? `TensorFlow ${tensorflow}` : backend;
  return [device.toUpperCase(), library, oneDnn ? 'oneDNN on' : 'oneDNN off', `${threads} threads`].join(' · ');
}
