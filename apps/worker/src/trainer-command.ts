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
  return { command: program ?? process.execPath, args, env, cwd: checkout };
}
