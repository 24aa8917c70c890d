import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { FitnessSettingsSchema, type Device, type NetworkData } from '@espalier/core';
import { openDetectionDataset, type DetectionDataset } from '@espalier/datasets';
import { dependencyGroups, readGraph, type KeepLists } from '@espalier/network';
import { prune } from '@espalier/surgery';
import { openBackend, tf } from '@espalier/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../test/fixtures.ts';
import { learnDetector } from '../../test/learnt-detector.ts';
import { JobStopped } from '../context.ts';
import { readNetworkFile } from '../jobs/files.ts';
import { measure } from '../jobs/measure.ts';
import { sceneExamples } from '../observe/examples.ts';
import type { FitnessRequest } from './candidate.ts';
import type { SteppedSearch } from './driver.ts';
import { fitnessOf } from './fitness.ts';
import { recalibrateBatchNormalisation } from './recalibrate.ts';
import { runSearch, type SearchRun } from './run.ts';

let device: Device;
let folder: string;
let dataset: DetectionDataset;
let network: NetworkData;
beforeAll(async () => {
  device = await openBackend();
  folder = await mkdtemp(path.join(os.tmpdir(), 'detector-search-'));
  const learnt = await learnDetector(folder, listen(device).context);
  ({ network } = await readNetworkFile(learnt.network.path));
  dataset = await openDetectionDataset({ ...learnt.scenes, imageSize: 32 });
}, 240_000);
afterAll(() => rm(folder, { recursive: true }));

const newFolder = (): Promise<string> => mkdtemp(path.join(folder, 'work-'));
const warn = (text: string): never => {
  throw new Error(text);
};

/** The first channels of every group. */
const firstOf = (share: number): KeepLists => ({
  keep: Object.fromEntries(
    dependencyGroups(readGraph(network.topology))
      .filter(({ prunable }) => prunable)
      .map(({ id, channels }) => [id, Array.from({ length: Math.ceil(share * channels) }, (_, channel) => channel)]),
  ),
});

async function judge(share: number, settings: object = {}, changes: Partial<FitnessRequest> = {}): Promise<number> {
  const request = { network, plan: firstOf(share), dataset, settings: FitnessSettingsSchema.parse({ batchSize: 8, ...settings }), seed: 5 };
  return fitnessOf({ ...request, folder: await newFolder(), identity: 'f'.repeat(64), ...changes }, listen(device).context);
}

const withWrongStatistics = (of: NetworkData): NetworkData => ({
  ...of,
  weights: of.weights.map((weight) =>
    weight.name.includes('/moving_') ? { ...weight, values: weight.values.map((value) => 7 * value + 1) } : weight,
  ),
});

describe('the fitness of a candidate for a detector', { timeout: 240_000 }, () => {
  it('is the mean average precision by eleven points that a measurement finds on the held-out scenes', async () => {
    const cut = prune(network, firstOf(0.8));
    const mended = await recalibrateBatchNormalisation(cut, sceneExamples(cut, dataset, 512), { batchSize: 8, warn });
    const found = await measure('cut', { network: mended, bytes: 0 }, { kind: 'detection', dataset }, 'validation', listen(device).context);
    const { meanAveragePrecision } = found as Extract<typeof found, { meanAveragePrecision: unknown }>;
    const fitness = await judge(0.8);
    expect(fitness).toBe(meanAveragePrecision.voc07);
    // Neither nothing nor everything is found, and the two definitions differ.
    expect(fitness).toBeGreaterThan(0.2);
    expect(fitness).toBeLessThan(1);
    expect(fitness).not.toBe(meanAveragePrecision.area);
    expect(await judge(0.8)).toBe(fitness);
  });

  it('falls with what is cut, and grows with training', async () => {
    const [whole, half] = [await judge(1), await judge(0.5)];
    expect(half).toBeLessThan(whole - 0.3);
    expect(await judge(0.5, { epochs: 12, learningRate: 0.02 })).toBeGreaterThan(half + 0.1);
  });

  it('does not suffer from batch statistics that are wrong', async () => {
    expect(await judge(1, {}, { network: withWrongStatistics(network) })).toBeCloseTo(await judge(1), 2);
  });

  it('is nothing for a network that gives no numbers', async () => {
    const broken = structuredClone(network);
    broken.weights.find(({ name }) => name === 'classes0/bias')!.values.fill(Number.NaN);
    expect(await judge(0.8, {}, { network: broken })).toBe(0);
  });

  it('of one without batch normalisations is that of the network as it is', async () => {
    const { topology } = network;
    const without = { ...network, weights: network.weights.filter(({ name }) => !name.includes('_bn/')), topology };
    expect(await recalibrateBatchNormalisation(without, sceneExamples(network, dataset, 8), { batchSize: 8, warn })).toBe(without);
  });

  it('needs held-out pictures with something to find', async () => {
    const { validation } = dataset.splits;
    const withSplit = (changes: object): DetectionDataset => ({
      ...dataset,
      splits: { ...dataset.splits, validation: { ...validation, ...changes } },
    });
    const difficult = validation.scenes.boxes.map((boxes) => boxes.map((box) => ({ ...box, difficult: true })));
    const allDifficult = withSplit({ scenes: { ...validation.scenes, boxes: difficult } });
    await expect(judge(0.8, {}, { dataset: allDifficult })).rejects.toMatchObject({ code: 'BAD_DATASET', path: ['dataset'] });
    await expect(judge(0.8, {}, { dataset: withSplit({ indices: new Uint32Array() }) })).rejects.toThrow('no pictures are held out');
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await judge(0.5, { epochs: 1 });
    expect(tf.memory().numTensors).toBe(before);
  });
});

interface WalkState {
  readonly known: readonly { genome: readonly number[]; fitness: number | null }[];
}
const shares = [5, 8, 7];
/** Tries three shares, in tenths, one after the other: a generation each. */
const walk: SteppedSearch = {
  name: 'a walk',
  fitness: FitnessSettingsSchema.parse({ batchSize: 8 }),
  start: () => ({ known: [] }),
  restore: (json) => json,
  generation: (state) => (state as WalkState).known.length,
  candidates: (state) => shares.slice((state as WalkState).known.length).map((share) => [share]),
  tell: (state, evaluations) => ({ known: [...(state as WalkState).known, ...evaluations] }),
  best: (state) => (state as WalkState).known.toSorted((a, b) => (b.fitness ?? -1) - (a.fitness ?? -1))[0] ?? { genome: [], fitness: null },
};

describe('a search for a detector', { timeout: 240_000 }, () => {
  const run = async (changes: Partial<SearchRun> = {}): Promise<SearchRun> => ({
    search: walk,
    network,
    dataset,
    planOf: ([share]) => firstOf(share! / 10),
    seed: 3,
    folder: await newFolder(),
    identity: '1'.repeat(64),
    series: 'search/1',
    ...changes,
  });

  it('finds the candidate with the best mean average precision, and says what that is', async () => {
    const { context, heard } = listen(device);
    const { state } = await runSearch(await run(), context);
    const fitnesses: number[] = [];
    for (const share of shares) fitnesses.push(await judge(share / 10));
    expect(new Set(fitnesses).size).toBe(shares.length);
    const fitness = Math.max(...fitnesses);
    expect(walk.best(state)).toEqual({ genome: [shares[fitnesses.indexOf(fitness)]], fitness });
    const lines = heard.flatMap((message) => (message.type === 'log' ? [message.line.text] : []));
    const best = (100 * fitness).toFixed(2);
    expect(lines.at(-1)).toBe(
      `a walk: generation 2 of the search ends with a mean average precision (11 points) of ${best} % on held-out pictures`,
    );
  });

  it('that is stopped in the middle of every candidate goes on and ends where it would have', async () => {
    const asked = await run();
    const whole = await runSearch(asked, listen(device).context);
    const folder = await newFolder();
    const begun = new Set<string>();
    for (;;) {
      const { context, stop } = listen(device);
      const planOf: SearchRun['planOf'] = (genome) => {
        if (!begun.has(String(genome))) stop();
        begun.add(String(genome));
        return asked.planOf(genome);
      };
      try {
        expect(await runSearch({ ...asked, folder, planOf }, context)).toEqual(whole);
        break;
      } catch (error) {
        if (!(error instanceof JobStopped)) throw error;
      }
    }
    expect(begun.size).toBe(shares.length);
  });
});
