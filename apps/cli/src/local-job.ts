import { performance } from 'node:perf_hooks';
import { EspalierError, type Device, type Progress } from '@espalier/core';
import type { JobContext, JobMessage } from '@espalier/training';
import type { Output } from './output.ts';

export interface LocalMachine {
  readonly device: Device;
  /** A context whose messages are told as of `stage`. */
  readonly contextFor: (stage: string) => JobContext;
}

/**
 * Runs jobs in this process, as a trainer would. Ctrl-C asks them to stop: a training leaves a checkpoint, from which the same command
 * goes on.
 */
export async function onThisMachine<Value>(output: Output, work: (machine: LocalMachine) => Promise<Value>): Promise<Value> {
  // Loaded only here: what needs no TensorFlow shall not wait for it.
  const [{ openBackend }, { JobContext, JobStopped, namedFailure }] = await Promise.all([
    import('@espalier/tensor'),
    import('@espalier/training'),
  ]);
  const device = await openBackend();
  if (device.warning !== null) output.note(`warning: ${device.warning}`);
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    return await work({
      device,
      contextFor: (stage) =>
        new JobContext({ device, signal: stop.signal, now: () => performance.now(), say: (message) => tell(output, stage, message) }),
    });
  } catch (error) {
    if (!(error instanceof JobStopped)) throw namedFailure(error);
    throw new EspalierError('CANCELLED', 'stopped', { hint: 'The same command goes on from the last checkpoint.' });
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

function tell(output: Output, stage: string, message: JobMessage): void {
  if (message.type === 'progress') output.progress(`${stage}: ${progressText(message.progress)}`);
  if (message.type === 'log') output.note(`${stage}: ${message.line.text}`);
  if (message.type === 'metrics') {
    for (const { series, step, value } of message.points) {
      const [, measure] = /\/validation-(.+)$/.exec(series) ?? [];
      if (measure !== undefined)
        output.note(`${stage}: validation ${measure.replaceAll('-', ' ')} ${(100 * value).toFixed(2)} % at step ${step}`);
    }
  }
}

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
