import { EspalierError } from '@espalier/core';
import type { ApiClient } from './client.ts';
import { RUN_UPDATES, RunUpdatesSchema, type Run, type Stage } from './documents.ts';
import { duration, grouped } from './figures.ts';
import type { Screen } from './screen.ts';

const isOver = ({ status }: Run): boolean => status === 'SUCCEEDED' || status === 'FAILED' || status === 'CANCELLED';

/** Follows a run to its end, telling where it stands. @returns it as it ended */
export async function watchRun(client: ApiClient, run: string, title: string, screen: Screen): Promise<Run> {
  let loss: number | undefined;
  let warned = false;
  for await (const { runUpdates } of client.subscribe(RUN_UPDATES, { run }, RunUpdatesSchema)) {
    loss = runUpdates.points.findLast(({ series }) => series.endsWith('/loss'))?.value ?? loss;
    const warning = runUpdates.run.stages.find(({ device }) => device?.warning)?.device?.warning;
    if (warning && !warned) screen.say(`warning: ${warning}`);
    warned ||= Boolean(warning);
    if (isOver(runUpdates.run)) {
      screen.clear();
      return runUpdates.run;
    }
    const stage = runUpdates.run.stages.find(({ status }) => status === 'RUNNING');
    if (stage !== undefined) screen.status(`${title}: ${stageName(stage)}`, stageProgress(stage, loss));
  }
  throw new EspalierError('UNAVAILABLE', `the API ended the updates of "${title}" before the run had ended`);
}

const stageName = ({ name, round }: Stage): string => (round > 1 ? `${name} ${round}` : name);

/** Such as `epoch 3 of 8 · 61 % · 4,213 images/s · loss 0.0912 · 34 s left`. */
export function stageProgress({ name, progress }: Stage, loss?: number): string {
  if (progress === null) return 'starting';
  const { phase, epoch, epochs, step, steps, imagesPerSecond, secondsLeft } = progress;
  const parts = [
    epoch === undefined ? phase : `epoch ${epoch}${epochs === undefined ? '' : ` of ${epochs}`}`,
    step !== undefined && steps !== undefined ? `${Math.floor((step / steps) * 100)} %` : undefined,
    imagesPerSecond === undefined ? undefined : `${grouped(imagesPerSecond)} images/s`,
    loss === undefined || !['train', 'retrain'].includes(name) ? undefined : `loss ${loss.toFixed(4)}`,
    secondsLeft === undefined ? undefined : `${duration(secondsLeft)} left`,
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}
