import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { whileUsed } from './while-used.ts';
import type { Workspace } from './workspace.ts';

/** Threads beside the one that calls: the other cores, but few enough to leave a large machine to others. */
export const helperCount = Math.min(3, availableParallelism() - 1);

let helpers: Worker[] = [];
/** Helpers that have nothing to do are ended: they would not let go of the memory that they helped on. */
const markUse = whileUsed(() => {
  for (const helper of helpers) void helper.terminate();
  helpers = [];
});

/**
 * Asks `count` threads to help with what is begun in a workspace. The first time they begin a fiftieth of a second later, while the caller is at work;
 * from then on at once.
 */
export function askForHelp({ module, memory }: Workspace, count: number): void {
  if (count > 0) markUse();
  while (helpers.length < count) helpers.push(startHelper());
  for (const helper of helpers.slice(0, count)) helper.postMessage({ module, memory }, []);
}

function startHelper(): Worker {
  const helper = new Worker(new URL('./helper.mjs', import.meta.url), { execArgv: [] });
  // The product is right without it.
  helper.on('error', (error: Error) => process.emitWarning(error));
  helper.unref();
  return helper;
}
