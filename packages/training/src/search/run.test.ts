import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { FitnessSettingsSchema, type Device } from '@espalier/core';
import { dependencyGroups, readGraph } from '@espalier/network';
import { openBackend } from '@espalier/tensor';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { halves, listen, smallNetwork } from '../../test/fixtures.ts';
import { JobStopped } from '../context.ts';
import type { SteppedSearch } from './driver.ts';
import { runSearch, type SearchRun } from './run.ts';

let device: Device;
let folder: string;
beforeAll(async () => {
  device = await openBackend();
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'search-'));
});
afterEach(() => rm(folder, { recursive: true }));

const network = smallNetwork();
const [group] = dependencyGroups(readGraph(network.topology)).filter(({ prunable }) => prunable);

interface WalkState {
  readonly known: readonly { genome: readonly number[]; fitness: number | null }[];
}
const widths = [1, 2, 3, 4, 5];
/** Tries five widths one after the other; two of them in each generation. */
const walk: SteppedSearch = {
  name: 'a walk',
  fitness: FitnessSettingsSchema.parse({ epochs: 1, batchSize: 16, learningRate: 0.05 }),
  start: () => ({ known: [] }),
  restore: (json) => json,
  generation: (state) => Math.floor((state as WalkState).known.length / 2),
  candidates: (state) => widths.slice((state as WalkState).known.length).map((width) => [width]),
  tell: (state, evaluations) => ({ known: [...(state as WalkState).known, ...evaluations] }),
  best: (state) =>
    (state as WalkState).known.reduce((best, one) => ((one.fitness ?? -1) > (best.fitness ?? -1) ? one : best), {
      genome: [1],
      fitness: null,
    }),
};
const run = (changes: Partial<SearchRun> = {}): SearchRun => ({
  search: walk,
  network,
  dataset: halves(300),
  planOf: ([width]) => ({ keep: { [group!.id]: Array.from({ length: width! }, (_, channel) => channel) } }),
  seed: 3,
  folder,
  identity: '1'.repeat(64),
  series: 'search/1',
  ...changes,
});

describe('a search', () => {
  it('judges every candidate and gives the best, with a curve', async () => {
    const { context, heard } = listen(device);
    const outcome = await runSearch(run(), context);
    expect(outcome.evaluations).toBe(5);
    const points = heard.flatMap((message) => (message.type === 'metrics' ? message.points : []));
    const fitnesses = points.filter(({ series }) => series === 'search/1/fitness').map(({ value }) => value);
    expect(fitnesses).toHaveLength(5);
    expect(walk.best(outcome.state).fitness).toBe(Math.max(...fitnesses));
    expect(points.filter(({ series }) => series === 'search/1/best-fitness').at(-1)!.value).toBe(Math.max(...fitnesses));
  });

  it('that is stopped after every candidate goes on and ends where it would have', async () => {
    const whole = await runSearch(run({ folder: path.join(folder, 'whole') }), listen(device).context);
    for (let stops = 0; ; stops++) {
      const { context, stop } = listen(device);
      let asked = 0;
      const search = { ...walk, candidates: (state: unknown) => (++asked === 2 && stop(), walk.candidates(state)) };
      try {
        expect(await runSearch(run({ search }), context)).toEqual(whole);
        expect(stops).toBeGreaterThanOrEqual(4);
        break;
      } catch (error) {
        if (!(error instanceof JobStopped)) throw error;
      }
    }
  });

  it('takes no state of another search, and none that is damaged', async () => {
    await runSearch(run(), listen(device).context);
    const file = path.join(folder, 'search.json');
    const evaluated = async (changes: Partial<SearchRun>) => {
      const { context, heard } = listen(device);
      await runSearch(run(changes), context);
      return heard.filter(({ type }) => type === 'metrics').length;
    };
    expect(await evaluated({})).toBe(0);
    expect(await evaluated({ identity: '2'.repeat(64) })).toBe(5);
    await writeFile(file, (await readFile(file, 'utf8')).slice(0, 40));
    expect(await evaluated({ identity: '2'.repeat(64) })).toBe(5);
  });
});
