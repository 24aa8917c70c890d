import type { Command } from 'commander';
import { EventLog } from './event-log.ts';
import type { JobListener } from './listener.ts';
import { TensorBoardLog } from './tensorboard.ts';

export interface EventOptions {
  events?: string;
  tensorboard?: string;
}

export const withEvents = (command: Command): Command =>
  command.option('--events <file>', 'append what happens as JSON lines, as it happens: progress, metrics, log, checkpoints, how it ended');

/** For commands that tell curves. */
export const withCurves = (command: Command): Command =>
  withEvents(command).option('--tensorboard <folder>', 'write the curves for TensorBoard, each stage as a run');

/** Those that the options ask for. @throws EspalierError `BAD_INPUT` where they can't be written. */
export function listenersFor({ events, tensorboard }: EventOptions): JobListener[] {
  return [
    ...(events === undefined ? [] : [EventLog.open(events)]),
    ...(tensorboard === undefined ? [] : [new TensorBoardLog(tensorboard)]),
  ];
}
