import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { EspalierError, FitnessSettingsSchema, type Device } from '@espalier/core';
import { dependencyGroups, readGraph } from '@espalier/network';
import { openBackend } from '@espalier/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { halves, listen, smallNetwork } from '../../test/fixtures.ts';
import { planOfCandidate, type FitnessRequest } from './candidate.ts';
import { fitnessOf } from './fitness.ts';

let device: Device;
let folder: string;
beforeAll(async () => {
  device = await openBackend();
  folder = await mkdtemp(path.join(os.tmpdir(), 'fitness-'));
});
afterAll(() => rm(folder, { recursive: true }));

const network = smallNetwork();
const dataset = halves(300);
const [group] = dependencyGroups(readGraph(network.topology)).filter(({ prunable }) => prunable);
let folders = 0;

async function judge(keep: number[], settings: object, changes: Partial<FitnessRequest> = {}) {
  const { context, heard } = listen(device);
  const work = await mkdtemp(path.join(folder, `${++folders}-`));
  const request = { network, plan: { keep: { [group!.id]: keep } }, dataset, settings: FitnessSettingsSchema.parse(settings) };
  const fitness = await fitnessOf({ ...request, seed: 5, folder: work, identity: 'f'.repeat(64), ...changes }, context);
  return { fitness, heard };
}

describe('the fitness of a candidate', () => {
  it('is the same whenever and wherever it is judged', async () => {
    const [first, second] = [await judge([0, 1, 4], { epochs: 2, batchSize: 16 }), await judge([0, 1, 4], { epochs: 2, batchSize: 16 })];
    expect(first.fitness).toBe(second.fitness);
  });

  it('counts the likeliest classes that are asked for, but not all of them', async () => {
    const [one, two] = [await judge([0, 1, 4], { topK: 1 }), await judge([0, 1, 4], { topK: 2 })];
    expect(two.fitness).toBeGreaterThan(one.fitness);
    expect(two.fitness).toBeLessThanOrEqual(1);
    await expect(judge([0, 1, 4], { topK: 3 })).rejects.toMatchObject({
      code: 'BAD_RECIPE',
      message: expect.stringMatching(/likeliest 3 of 3 classes/) as string,
    });
  });

  it('grows with training, and keeps the curves of it to itself', async () => {
    const untrained = await judge([0, 1, 4], { epochs: 0 });
    const trained = await judge([0, 1, 4], { epochs: 4, batchSize: 16, learningRate: 0.1 });
    expect(trained.fitness).toBeGreaterThan(untrained.fitness + 0.1);
    expect(trained.heard.some(({ type }) => type === 'metrics' || type === 'checkpoint')).toBe(false);
  });

  it('of a candidate that keeps everything is the network’s own', async () => {
    const { fitness } = await judge([0, 1, 2, 3, 4, 5], { epochs: 0 });
    expect(fitness).toBeGreaterThanOrEqual(0);
    expect(fitness).toBeLessThanOrEqual(1);
    // A planner refuses such a plan; what any other reason refuses stays refused.
    const refusing = (code: 'NOTHING_PRUNED' | 'BAD_NETWORK') => () =>
      planOfCandidate(() => {
        throw new EspalierError(code, 'refused');
      });
    const unnamed = await judge([], { epochs: 0 }, { plan: refusing('NOTHING_PRUNED')() });
    expect(unnamed.fitness).toBe(fitness);
    expect(refusing('BAD_NETWORK')).toThrow('refused');
  });

  it('is nothing for one that no rate can train, and says so', async () => {
    const { fitness, heard } = await judge([0, 1, 4], { epochs: 1, batchSize: 16, learningRate: 1e30 });
    expect(fitness).toBe(0);
    const lines = heard.flatMap((message) => (message.type === 'log' ? [message.line.text] : []));
    expect(lines).toContainEqual(expect.stringMatching(/^a candidate of the search is worth nothing: the loss is NaN/));
  });

  it('needs pictures that are held out', async () => {
    const { validation } = dataset.splits;
    const none = { ...dataset, splits: { ...dataset.splits, validation: { ...validation, indices: new Uint32Array() } } };
    await expect(judge([0], {}, { dataset: none })).rejects.toThrow('held out');
  });
});
