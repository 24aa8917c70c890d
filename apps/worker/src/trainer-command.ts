import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { TrainerCommand } from '@espalier/compression-workflow/activities';
import type { Environment } from './environment.ts';

/** How this worker starts a trainer: the one of this checkout, or the program that the environment names in its place. */
export function trainerCommand({ checkout, trainerCommand }: Environment, env: NodeJS.ProcessEnv): TrainerCommand {
  const [program, ...args] = trainerCommand ?? [
    process.execPath,
    '--import',
    import.meta.resolve('tsx'),
    path.join(checkout, 'apps/trainer/src/main.ts'),
  ];
  return { command: program ?? process.execPath, args, env: { ...forDecoding(availableParallelism()), ...env }, cwd: checkout };
}

/** What libuv has unless it is told otherwise. */
const ordinaryThreads = 4;

/**
 * Pictures are decoded in libuv's threads, of which there are four: on a machine with more processors a GPU would wait for them. A process can't change
 * that for itself, for Node has used them before its first line is run.
 */
const forDecoding = (processors: number): NodeJS.ProcessEnv => ({ UV_THREADPOOL_SIZE: String(Math.max(ordinaryThreads, processors)) });
