import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Device } from '@espalier/core';
import { digestOf } from '@espalier/core/node';
import { encodeNetwork } from '@espalier/formats';
import { onTestFinished } from 'vitest';
import { JobStopped, type JobMessage } from '../src/context.ts';
import type { Lessons } from '../src/train/classification-task.ts';
import { train } from '../src/train/train.ts';
import type { Trained, Training } from '../src/train/training.ts';
import { halves, listen, smallNetwork, smallSettings } from './fixtures.ts';

/** A small training in a folder of its own, which goes when the test is done. */
export async function smallTraining(changes: Partial<Training & Lessons> = {}): Promise<Training & Lessons> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'training-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return {
    network: smallNetwork(),
    dataset: halves(),
    settings: smallSettings({ augmentation: { padCrop: 1, horizontalFlip: false } }),
    teacher: null,
    seed: 7,
    series: 'train',
    folder,
    checkpointEverySeconds: 1000,
    resumeFrom: null,
    identity: '1'.repeat(64),
    ...changes,
  };
}

/** What came of a training: its network by digest, and everything that was said on the way. */
export interface Outcome {
  readonly trained: Omit<Trained, 'network'> & { readonly network: string };
  readonly curves: ReadonlyMap<string, number>;
  readonly log: readonly string[];
}

/** The value of every point by series and step; told again, a point is replaced. */
export function curvesOf(messages: readonly JobMessage[]): Map<string, number> {
  const points = messages.flatMap((message) => (message.type === 'metrics' ? message.points : []));
  return new Map(points.map(({ series, step, value }) => [`${series} ${step}`, value]));
}

/** Trains to the end, told to stop whenever `steps` more have been taken, and goes on in the same folder each time. */
export async function trainInPieces(given: Training & Lessons, device: Device, steps = Infinity): Promise<Outcome> {
  const heardBefore: JobMessage[] = [];
  for (let piece = 0; piece < 200; piece++) {
    const { context, heard, stop } = listen(device);
    let [taken, reached] = [0, 0];
    Object.defineProperty(context, 'step', {
      set: (step: number) => {
        // Coming back to a step, from a checkpoint or from a loss that is none, takes none.
        if (step === reached + 1) taken++;
        reached = step;
        if (taken >= steps) stop();
      },
    });
    try {
      const trained = await train(given, context);
      const everything = [...heardBefore, ...heard];
      return {
        trained: { ...trained, network: digestOf(encodeNetwork(trained.network)) },
        curves: curvesOf(everything),
        log: everything.flatMap((message) => (message.type === 'log' ? [message.line.text] : [])),
      };
    } catch (error) {
      if (!(error instanceof JobStopped)) throw error;
      heardBefore.push(...heard);
    }
  }
  throw new Error('the training does not come to an end');
}
