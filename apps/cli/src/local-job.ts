import { performance } from 'node:perf_hooks';
import { EspalierError, percent, type Device, type Progress } from '@espalier/core';
import type { JobContext, JobMessage } from '@espalier/training';
import type { JobListener } from './events/listener.ts';
import { failed } from './exit-code.ts';
import type { Output } from './output.ts';

export interface LocalMachine {
  readonly device: Device;
  /** A context whose messages are told as of `stage`. */
  readonly contextFor: (stage: string) => JobContext;
}

export interface LocalWork {
  readonly listeners?: readonly JobListener[];
  /** What is to be said to whom stops the work: what is left of it, and how it goes on. */
  readonly whenStopped: string;
}

/** For commands that go on in their folder. */
export const resumable = 'What was done is kept: --resume goes on from there.';

/**
 * Runs jobs in this process, as a trainer would. Ctrl-C asks them to stop: a training leaves a checkpoint, from which the same command
 * goes on. A second one ends the process where it is.
 */
export async function onThisMachine<Value>(
  output: Output,
  work: (machine: LocalMachine) => Promise<Value>,
  { listeners = [], whenStopped }: LocalWork,
): Promise<Value> {
  // Loaded only here: what needs no TensorFlow shall not wait for it.
  const [{ openBackend }, { JobContext, JobStopped, namedFailure }] = await Promise.all([
    import('@espalier/tensor'),
    import('@espalier/training'),
  ]);
  const device = await openBackend();
  if (device.warning !== null) output.note(`warning: ${device.warning}`);
  const stop = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(failed);
    stop.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  const contextFor = (stage: string): JobContext => {
    const say = (message: JobMessage): void => {
      tell(output, stage, message);
      for (const listener of listeners) listener.hear(stage, message);
    };
    return new JobContext({ device, signal: stop.signal, now: () => performance.now(), say });
  };
  for (const listener of listeners) listener.started(device);
  try {
    const value = await work({ device, contextFor });
    for (const listener of listeners) listener.ended(null);
    return value;
  } catch (error) {
    const stopped = new EspalierError('CANCELLED', 'stopped', { hint: whenStopped });
    const known = error instanceof JobStopped ? stopped : namedFailure(error);
    for (const listener of listeners) listener.ended(known);
    throw known;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

function tell(output: Output, stage: string, message: JobMessage): void {
  if (message.type === 'progress') output.progress(`${stage}: ${progressText(message.progress)}`, shareOf(message.progress));
  if (message.type === 'log') output.note(`${stage}: ${message.line.text}`);
  if (message.type === 'metrics') {
    const judged = message.points.flatMap(({ series, value }) => {
      const [, measure] = /\/validation-(.+)$/.exec(series) ?? [];
      return measure === undefined ? [] : [`${measure.replaceAll('-', ' ')} ${measure === 'loss' ? value.toFixed(4) : percent(value)}`];
    });
    if (judged.length > 0) output.note(`${stage}: validation at step ${message.points[0]?.step}: ${judged.join(', ')}`);
  }
}

const shareOf = ({ step, steps }: Progress): number | undefined => (step === undefined || steps === undefined ? undefined : step / steps);

function progressText({ phase, epoch, epochs, step, steps, imagesPerSecond, secondsLeft }: Progress): string {
  const parts = [
    phase,
    epoch === undefined || epochs === undefined ? null : `epoch ${epoch}/${epochs}`,
    step === undefined || steps === undefined ? null : `${step}/${steps}`,
    imagesPerSecond === undefined ? null : `${Math.round(imagesPerSecond)} images/s`,
    secondsLeft === undefined ? null : `${Math.ceil(secondsLeft)} s left`,
  ];
  return parts.filter((part) => part !== null).join(', ');
}
