import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const checkout = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Where this checkout's services keep their data. */
export function homeOf(env = process.env) {
  return path.resolve(env.ESPALIER_HOME || path.join(checkout, '.espalier'));
}

/** Says what went wrong and the way out; of a bug, all that is known. @param {unknown} error @returns {number} the exit code */
export function complain(error) {
  if (error?.code === 'ENOSPC' || error?.code === 'EDQUOT') {
    console.error(
      `\nespalier: the disk is full (${error.path ?? error.message})\n\nFree some space and start again: it goes on where it stopped.`,
    );
    return 1;
  }
  const wayOut = error?.wayOut ?? error?.hint;
  const expected = error?.name === 'SetupProblem' || error?.name === 'EspalierError';
  console.error(`\nespalier: ${expected ? error.message : (error?.stack ?? error)}`);
  if (wayOut) console.error(`\n${wayOut}`);
  return 1;
}

/** Ends at once, with one message, on a Node that this does not run on. */
export async function refuseUnsupportedNode() {
  const { unsupportedNode } = await import('./node-version.mjs');
  const problem = unsupportedNode(process.versions.node);
  if (problem === undefined) return;
  console.error(`espalier: ${problem.message}\n${problem.wayOut}`);
  process.exit(1);
}
