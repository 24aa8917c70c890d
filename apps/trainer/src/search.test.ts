import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { AnalyseJob, DatasetLocation, Device, MethodChoice, MetricPoint, OutputFile, SearchStanding } from '@espalier/core';
import { openBackend } from '@espalier/tensor';
import { JobContext, JobStopped, type JobMessage, type JobOutcome } from '@espalier/training';
import { learnDetector } from '@espalier/training/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { writeSmallDataset, writeSmallNetwork } from '../test/small-dataset.ts';
import { runJob } from './run-job.ts';

// Every candidate is a small training or a pass over pictures, on processors that others use too.
vi.setConfig({ testTimeout: 180_000 });

let device: Device;
let folder: string;
interface Subject {
  readonly networkPath: string;
  readonly dataset: DatasetLocation;
}
let classifier: Subject;
let detector: Subject;
beforeAll(async () => {
  device = await openBackend();
  folder = await mkdtemp(path.join(os.tmpdir(), 'search-'));
  classifier = { networkPath: path.join(folder, 'network.zip'), dataset: await writeSmallDataset(path.join(folder, 'data')) };
  await writeSmallNetwork(classifier.networkPath);
  const { scenes, network } = await learnDetector(
    path.join(folder, 'detector'),
    contextOf(() => undefined),
  );
  detector = { networkPath: network.path, dataset: scenes };
}, 240_000);
afterAll(() => rm(folder, { recursive: true }));

const contextOf = (say: (message: JobMessage) => void, { signal } = new AbortController()): JobContext =>
  new JobContext({ device, signal, now: () => performance.now(), say });

let works = 0;
/** Runs a job to its end, or to where `controller` stops it; `onPoints` hears of points at once. */
async function run(
  job: Parameters<typeof runJob>[0],
  { onPoints, controller }: { onPoints?: (points: readonly MetricPoint[]) => void; controller?: AbortController } = {},
): Promise<JobOutcome & { points: MetricPoint[] }> {
  const points: MetricPoint[] = [];
  const say = (message: JobMessage): void => {
    if (message.type !== 'metrics') return;
    points.push(...message.points);
    onPoints?.(message.points);
  };
  return { ...(await runJob(job, contextOf(say, controller))), points };
}
const base = () => ({ workDirectory: path.join(folder, `work-${++works}`), seed: 4 });
const analysis = (subject: Subject, method: MethodChoice, changes: Partial<AnalyseJob> = {}): AnalyseJob => ({
  ...base(),
  ...subject,
  kind: 'analyse',
  method,
  target: { measure: 'macs', reductionRatio: 0.4 },
  minimumChannels: 1,
  channelMultiple: 1,
  round: 2,
  ...changes,
});
const fileOf = ({ outputs }: JobOutcome, name: string): OutputFile | undefined => outputs.find((output) => output.name === name);

/** Hands a search out and judges each generation in the order that `shuffle` gives it. */
async function judgedElsewhere(subject: Subject, method: MethodChoice, shuffle: (places: number[]) => number[]) {
  const points: MetricPoint[] = [];
  const standings: SearchStanding[] = [];
  let outcome = await run(analysis(subject, method, { candidates: 'elsewhere' }));
  const statisticsPath = fileOf(outcome, 'statistics')?.path ?? null;
  while (outcome.result.kind === 'search') {
    const { result } = outcome;
    standings.push(result);
    const search = { searchPath: fileOf(outcome, 'search')!.path, statisticsPath };
    const fitnesses: number[] = [];
    for (const candidate of shuffle(result.candidates.map((_, place) => place))) {
      const judged = await run({ ...base(), ...subject, kind: 'fitness', ...search, candidate });
      if (judged.result.kind !== 'fitness') throw new Error(`a fitness job came back as ${judged.result.kind}`);
      fitnesses[candidate] = judged.result.fitness;
      points.push(...judged.points);
    }
    outcome = await run(analysis(subject, method, { candidates: 'elsewhere', judged: { ...search, fitnesses } }));
    points.push(...outcome.points);
  }
  return { plan: await readFile(fileOf(outcome, 'plan')!.path, 'utf8'), points, standings, statisticsPath };
}

const curve = (points: readonly MetricPoint[]): string[] =>
  [...new Set(points.map(({ series, step, value }) => `${series} ${String(step).padStart(3)} ${value}`))].sort();

const fitness = { recalibrationImages: 40, images: 9 };
const methods = {
  acp: { name: 'acp', settings: { particles: 3, cycles: 2, images: 20, fitness } },
  mcicp: {
    name: 'mcicp',
    settings: { search: 'accuracy', populationSize: 4, generations: 6, fitness: { ...fitness, epochs: 1, batchSize: 16 } },
  },
} as const satisfies Record<string, MethodChoice>;

const shortAcp: MethodChoice = { name: 'acp', settings: { ...methods.acp.settings, cycles: 1 } };
const shortMcicp: MethodChoice = { name: 'mcicp', settings: { ...methods.mcicp.settings, generations: 1 } };

const searches: readonly { method: MethodChoice; of: 'classifier' | 'detector'; measure: string; looksAtPictures: boolean }[] = [
  { method: methods.acp, of: 'classifier', measure: 'accuracy', looksAtPictures: true },
  { method: methods.mcicp, of: 'classifier', measure: 'accuracy', looksAtPictures: false },
  { method: shortAcp, of: 'detector', measure: 'mean-average-precision', looksAtPictures: true },
  { method: shortMcicp, of: 'detector', measure: 'mean-average-precision', looksAtPictures: false },
];

describe.each(searches)('the search of $method.name for a $of', ({ method, of, measure, looksAtPictures }) => {
  const subject = (): Subject => ({ classifier, detector })[of];

  it('handed out ends in the same plan and curve as one at one place, in whatever order its candidates are judged', async () => {
    const here = await run(analysis(subject(), method));
    const plan = await readFile(fileOf(here, 'plan')!.path, 'utf8');
    expect(JSON.parse(plan)).toMatchObject({ provenance: { search: { measure, evaluations: expect.any(Number) } } });
    const inOrder = await judgedElsewhere(subject(), method, (places) => places);
    const backwards = await judgedElsewhere(subject(), method, (places) => places.reverse());
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

describe('the search of acp for a detector', () => {
  it('that is stopped again and again ends in the plan of one that never was', async () => {
    const whole = await run(analysis(detector, shortAcp));
    const fitnesses = whole.points.filter(({ series }) => series === 'search/2/fitness').map(({ value }) => value);
    // What is cut of the detector shows, so that candidates differ.
    expect(new Set(fitnesses).size).toBeGreaterThan(1);
    const job = analysis(detector, shortAcp);
    const points: MetricPoint[] = [];
    for (let stops = 0; ; stops++) {
      const controller = new AbortController();
      const onPoints = (heard: readonly MetricPoint[]): void => {
        points.push(...heard);
        controller.abort();
      };
      try {
        const { outputs } = await run(job, { onPoints, controller });
        const [rest, undisturbed] = [outputs, whole.outputs].map((files) => readFile(files[0]!.path, 'utf8'));
        expect(await rest).toBe(await undisturbed);
        expect(stops).toBeGreaterThan(2);
        break;
      } catch (error) {
        if (!(error instanceof JobStopped)) throw error;
      }
    }
    expect(curve(points)).toEqual(curve(whole.points));
  });
});

describe('a search that was handed out', () => {
  const method = methods.acp;

  it('refuses fitnesses that are not one for each candidate, candidates that it does not have, and another network', async () => {
    const outcome = await run(analysis(classifier, method, { candidates: 'elsewhere' }));
    const search = { searchPath: fileOf(outcome, 'search')!.path, statisticsPath: fileOf(outcome, 'statistics')!.path };
    await expect(run(analysis(classifier, method, { judged: { ...search, fitnesses: [0.5] } }))).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
    await expect(run({ ...base(), ...classifier, kind: 'fitness', ...search, candidate: 99 })).rejects.toThrow('no candidate 99');
    const other = path.join(folder, 'other.zip');
    await writeSmallNetwork(other, 2);
    await expect(run({ ...base(), ...classifier, kind: 'fitness', networkPath: other, ...search, candidate: 0 })).rejects.toThrow(
      'of another network',
    );
    const swapped = { searchPath: search.statisticsPath, statisticsPath: search.searchPath };
    await expect(run({ ...base(), ...classifier, kind: 'fitness', ...swapped, candidate: 0 })).rejects.toMatchObject({
      code: 'BAD_ARTIFACT',
    });
    const noStatistics = { ...search, statisticsPath: search.searchPath };
    await expect(run({ ...base(), ...classifier, kind: 'fitness', ...noStatistics, candidate: 0 })).rejects.toThrow(
      'no file of channel statistics',
    );
  });

  it('is not asked of a method that searches nothing', async () => {
    const outcome = await run(analysis(classifier, { name: 'exp', settings: {} }, { candidates: 'elsewhere' }));
    expect(outcome.outputs.map(({ name }) => name)).toEqual(['plan']);
  });
});
