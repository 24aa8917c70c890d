import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { AnalyseJob, DatasetLocation, Device, MethodChoice, MetricPoint, OutputFile, SearchStanding } from '@espalier/core';
import { openBackend } from '@espalier/tensor';
import { JobContext, type JobMessage, type JobOutcome } from '@espalier/training';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { writeSmallDataset, writeSmallNetwork } from '../test/small-dataset.ts';
import { runJob } from './run-job.ts';

// Every candidate is a small training or a pass over pictures, on processors that others use too.
vi.setConfig({ testTimeout: 180_000 });

let device: Device;
let folder: string;
let dataset: DatasetLocation;
beforeAll(async () => {
  device = await openBackend();
  folder = await mkdtemp(path.join(os.tmpdir(), 'search-'));
  dataset = await writeSmallDataset(path.join(folder, 'data'));
  await writeSmallNetwork(path.join(folder, 'network.zip'));
});
afterAll(() => rm(folder, { recursive: true }));

let works = 0;
async function run(job: Parameters<typeof runJob>[0]): Promise<JobOutcome & { points: MetricPoint[] }> {
  const heard: JobMessage[] = [];
  const { signal } = new AbortController();
  const outcome = await runJob(
    job,
    new JobContext({ device, signal, now: () => performance.now(), say: (message) => heard.push(message) }),
  );
  return { ...outcome, points: heard.flatMap((message) => (message.type === 'metrics' ? message.points : [])) };
}
const base = () => ({ workDirectory: path.join(folder, `work-${++works}`), seed: 4, dataset });
const analysis = (method: MethodChoice, changes: Partial<AnalyseJob> = {}): AnalyseJob => ({
  ...base(),
  kind: 'analyse',
  networkPath: path.join(folder, 'network.zip'),
  method,
  target: { measure: 'macs', reductionRatio: 0.4 },
  minimumChannels: 1,
  channelMultiple: 1,
  round: 2,
  ...changes,
});
const fileOf = ({ outputs }: JobOutcome, name: string): OutputFile | undefined => outputs.find((output) => output.name === name);

/** Hands a search out and judges each generation in the order that `shuffle` gives it. */
async function judgedElsewhere(method: MethodChoice, shuffle: (places: number[]) => number[]) {
  const points: MetricPoint[] = [];
  const standings: SearchStanding[] = [];
  let outcome = await run(analysis(method, { candidates: 'elsewhere' }));
  const statisticsPath = fileOf(outcome, 'statistics')?.path ?? null;
  while (outcome.result.kind === 'search') {
    const { result } = outcome;
    standings.push(result);
    const search = { searchPath: fileOf(outcome, 'search')!.path, statisticsPath };
    const fitnesses: number[] = [];
    for (const candidate of shuffle(result.candidates.map((_, place) => place))) {
      const judged = await run({ ...base(), kind: 'fitness', networkPath: path.join(folder, 'network.zip'), ...search, candidate });
      if (judged.result.kind !== 'fitness') throw new Error(`a fitness job came back as ${judged.result.kind}`);
      fitnesses[candidate] = judged.result.fitness;
      points.push(...judged.points);
    }
    outcome = await run(analysis(method, { candidates: 'elsewhere', judged: { ...search, fitnesses } }));
    points.push(...outcome.points);
  }
  return { plan: await readFile(fileOf(outcome, 'plan')!.path, 'utf8'), points, standings, statisticsPath };
}

const curve = (points: readonly MetricPoint[]): string[] =>
  [...new Set(points.map(({ series, step, value }) => `${series} ${String(step).padStart(3)} ${value}`))].sort();

const fitness = { recalibrationImages: 40, images: 9 };
const methods: readonly { method: MethodChoice; looksAtPictures: boolean }[] = [
  { method: { name: 'acp', settings: { particles: 3, cycles: 2, images: 20, fitness } }, looksAtPictures: true },
  {
    method: {
      name: 'mcicp',
      settings: { search: 'accuracy', populationSize: 4, generations: 6, fitness: { ...fitness, epochs: 1, batchSize: 16 } },
    },
    looksAtPictures: false,
  },
];

describe.each(methods)('the search of $method.name', ({ method, looksAtPictures }) => {
  it('handed out ends in the same plan and curve as one at one place, in whatever order its candidates are judged', async () => {
    const here = await run(analysis(method));
    const plan = await readFile(fileOf(here, 'plan')!.path, 'utf8');
    expect(JSON.parse(plan)).toMatchObject({ provenance: { search: { evaluations: expect.any(Number) } } });
    const inOrder = await judgedElsewhere(method, (places) => places);
    const backwards = await judgedElsewhere(method, (places) => places.reverse());
    for (const elsewhere of [inOrder, backwards]) {
      expect(elsewhere.plan).toBe(plan);
      expect(curve(elsewhere.points)).toEqual(curve(here.points));
      expect(elsewhere.statisticsPath !== null).toBe(looksAtPictures);
    }
    expect(backwards.standings).toEqual(inOrder.standings);
    expect(inOrder.standings.length).toBeGreaterThan(1);
    expect(inOrder.standings.map(({ generation }) => generation)).toEqual([
      ...new Set(inOrder.standings.map(({ generation }) => generation)),
    ]);
  });
});

describe('a search that was handed out', () => {
  const method = methods[0]!.method;

  it('refuses fitnesses that are not one for each candidate, candidates that it does not have, and another network', async () => {
    const outcome = await run(analysis(method, { candidates: 'elsewhere' }));
    const search = { searchPath: fileOf(outcome, 'search')!.path, statisticsPath: fileOf(outcome, 'statistics')!.path };
    await expect(run(analysis(method, { judged: { ...search, fitnesses: [0.5] } }))).rejects.toMatchObject({ code: 'BAD_INPUT' });
    const networkPath = path.join(folder, 'network.zip');
    await expect(run({ ...base(), kind: 'fitness', networkPath, ...search, candidate: 99 })).rejects.toThrow('no candidate 99');
    const other = path.join(folder, 'other.zip');
    await writeSmallNetwork(other, 2);
    await expect(run({ ...base(), kind: 'fitness', networkPath: other, ...search, candidate: 0 })).rejects.toThrow('of another network');
    const swapped = { searchPath: search.statisticsPath, statisticsPath: search.searchPath };
    await expect(run({ ...base(), kind: 'fitness', networkPath, ...swapped, candidate: 0 })).rejects.toMatchObject({
      code: 'BAD_ARTIFACT',
    });
    const noStatistics = { ...search, statisticsPath: search.searchPath };
    await expect(run({ ...base(), kind: 'fitness', networkPath, ...noStatistics, candidate: 0 })).rejects.toThrow(
      'no file of channel statistics',
    );
  });

  it('is not asked of a method that searches nothing', async () => {
    const outcome = await run(analysis({ name: 'exp', settings: {} }, { candidates: 'elsewhere' }));
    expect(outcome.outputs.map(({ name }) => name)).toEqual(['plan']);
  });
});
