import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import type { Points } from '../points.ts';
import { askForHelp } from './helpers.ts';
import { innerProducts } from './inner-products.ts';
import { controlBytes, type Workspace, workspaceOf } from './workspace.ts';

const waves = (count: number, dimensions: number): Points => ({
  count,
  dimensions,
  values: Float32Array.from({ length: count * dimensions }, (_, place) => Math.sin(place)),
});

/** Threads that were started by `work`, of which Node tells a tick later. */
async function threadsStartedBy(work: () => void): Promise<Worker[]> {
  const started: Worker[] = [];
  const note = (worker: Worker) => started.push(worker);
  process.on('worker', note);
  work();
  await nextTurn();
  process.off('worker', note);
  return started;
}

/** Of the four squares of 64 × 64 sums on the diagonal, what lies below their tiles of 4 × 4. */
const belowDiagonal = 4 * 4 * 4 * ((16 * 15) / 2);

/** Work for the kernel in four blocks: 256 points (1, 2), all of whose products are 5, as a panel that can be opened again and again. */
function onesAndTwos(): { workspace: Workspace; sums: Float64Array; open: () => void } {
  const panelLength = 256 * 2;
  const sumsLength = (1 + 2 + 3 + 4) * 64 * 64;
  const sumsAddress = controlBytes + panelLength * 8;
  const workspace = workspaceOf(sumsAddress + sumsLength * 8);
  const panel = new Float64Array(workspace.memory.buffer, controlBytes, panelLength);
  for (let place = 0; place < panelLength; place++) panel[place] = 1 + (place % 2);
  const sums = new Float64Array(workspace.memory.buffer, sumsAddress, sumsLength).fill(0);
  workspace.kernel.begin(256 / 4, sumsAddress);
  return { workspace, sums, open: () => workspace.kernel.open(controlBytes, 4 * 2 * 8) };
}

/** How often each value is there. */
function tally(values: Float64Array): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** What a process of its own writes that runs a module and ends by itself. */
const outputOf = async (program: string): Promise<string> =>
  (await promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program])).stdout;

describe('threads that help', () => {
  it('are not started for a small product', async () => {
    expect(await threadsStartedBy(() => innerProducts(waves(64, 1000)))).toEqual([]);
  });

  it('are started once for many products, and end when they have nothing to do', async () => {
    const [large, larger] = [waves(300, 800), waves(400, 900)];
    const threads = await threadsStartedBy(() => {
      innerProducts(large, { helpers: 2 });
      innerProducts(larger, { helpers: 2 });
    });
    expect(threads).toHaveLength(2);
    await Promise.all(threads.map((thread) => once(thread, 'exit')));
  });

  it('do all the work where the one that asked does none', () => {
    const { workspace, sums, open } = onesAndTwos();
    askForHelp(workspace, 1);
    for (let panel = 0; panel < 3; panel++) {
      open();
      workspace.kernel.join();
    }
    workspace.kernel.close();
    expect(tally(sums)).toEqual({ [3 * 5]: sums.length - belowDiagonal, 0: belowDiagonal });
  });

  it('do each block once, however often two reach for the same', () => {
    const { workspace, sums, open } = onesAndTwos();
    askForHelp(workspace, 3);
    for (let panel = 0; panel < 10_000; panel++) {
      open();
      workspace.kernel.work();
      workspace.kernel.join();
    }
    workspace.kernel.close();
    expect(tally(sums)).toEqual({ [10_000 * 5]: sums.length - belowDiagonal, 0: belowDiagonal });
  });

  it('help within a thread too, and keep neither it nor the process from ending', async () => {
    const [count, dimensions] = [500, 900];
    // One product after the other, for longer than it takes the threads to start.
    const program = `
      import { innerProducts } from ${JSON.stringify(new URL('./inner-products.ts', import.meta.url).href)};
      const values = Float32Array.from({ length: ${count * dimensions} }, (_, place) => Math.sin(place));
      const sums = Array.from({ length: 8 }, () =>
        innerProducts({ count: ${count}, dimensions: ${dimensions}, values }, { helpers: 2 }).reduce((total, product) => total + product));
      console.log(JSON.stringify(sums));`;
    // A thread starts without the loader that reads TypeScript.
    const thread = `import('tsx/esm/api').then(({ register }) => (register(), import(${JSON.stringify(`data:text/javascript,${encodeURIComponent(program)}`)})))`;
    const inThread = `
      import { Worker } from 'node:worker_threads';
      new Worker(${JSON.stringify(thread)}, { eval: true });`;
    const expected = innerProducts(waves(count, dimensions), { helpers: 0 }).reduce((total, product) => total + product);
    const outputs = await Promise.all([program, inThread].map(outputOf));
    expect(outputs.map((output) => JSON.parse(output) as number[])).toEqual([Array(8).fill(expected), Array(8).fill(expected)]);
  });
});
