import type { ArtifactRef, JobResult, StageKey } from '@espalier/core';
import { testDatabase } from '@espalier/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from '../open.ts';
import { Factory } from '../testing/index.ts';
import {
  beginStage,
  doneStep,
  endRun,
  finishStage,
  finishStep,
  fitnessOfCandidate,
  joinStage,
  keepFitness,
  registerVersion,
  reportStage,
  type Attempt,
} from './index.ts';

let database: Database;
let factory: Factory;
let ids: { organizationId: string; modelId: string; datasetId: string };
beforeAll(async () => {
  database = openDatabase((await testDatabase()).url);
  factory = new Factory(database.prisma);
  const { id: organizationId } = await factory.organization();
  const { id: modelId } = await factory.model(organizationId);
  const { id: datasetId } = await factory.dataset(organizationId);
  ids = { organizationId, modelId, datasetId };
});
afterAll(() => database.close());

const recipe = {
  kind: 'compression' as const,
  method: { name: 'acp' },
  target: { measure: 'macs' as const, reductionRatio: 0.5 },
  retraining: { epochs: 1, learningRate: 0.1 },
};
const analyse: StageKey = { name: 'analyse', round: 1 };
const prune: StageKey = { name: 'prune', round: 1 };
const digest = (digit: string): string => digit.repeat(64);
const search: ArtifactRef = { digest: digest('5'), bytes: 5, kind: 'search' };
const standing: JobResult = {
  kind: 'search',
  algorithm: 'particle swarm',
  generation: 0,
  evaluations: 0,
  candidates: [digest('a'), digest('b')],
};

/** A run in whose first analysis an attempt has begun. */
async function begun(): Promise<{ runId: string; first: Attempt }> {
  const { id: runId } = await factory.run(ids, { recipe });
  const start = await beginStage(database.pool, runId, analyse, 'begin');
  return start.done === null ? { runId, first: start.attempt } : expect.fail('done already');
}
const join = (runId: string): Promise<Attempt> => joinStage(database.pool, runId, analyse);
const stageOf = (runId: string) =>
  database.prisma.runStage.findUniqueOrThrow({ where: { runId_name_round: { runId, name: analyse.name, round: analyse.round } } });
const candidate = (genome: string, fitness: number) => ({ generation: 0, genome: digest(genome), fitness, phase: 'searching' });

describe('the steps of a stage', () => {
  it('are joined by as many as like, who write at once and count as one attempt', async () => {
    const { runId, first } = await begun();
    const joined = await Promise.all([join(runId), join(runId), join(runId)]);
    expect(joined).toEqual([first, first, first]);
    await Promise.all(joined.map((attempt, step) => reportStage(database.pool, attempt, { points: [{ series: 's', step, value: 1 }] })));
    expect(await stageOf(runId)).toMatchObject({ status: 'running', attempt: 1 });
    expect(await database.prisma.metricPoint.count({ where: { runId } })).toBe(3);
  });

  it('done before are done, and leave the stage going on until the last one', async () => {
    const { runId, first } = await begun();
    const finished = { inputsDigest: 'begin', result: standing, outputs: { search } };
    await finishStep(database.pool, first, finished);
    await finishStep(database.pool, first, finished);
    expect(await stageOf(runId)).toMatchObject({ status: 'running' });
    const done = { outputs: { search }, result: standing };
    expect(await beginStage(database.pool, runId, analyse, 'begin')).toEqual({ done });
    expect(await doneStep(database.pool, runId, analyse, 'begin')).toEqual(done);
    expect(await doneStep(database.pool, runId, analyse, 'last')).toBeNull();
    const last = await join(runId);
    const cost = { parameters: 1, macs: 1 };
    const result: JobResult = { kind: 'analyse', before: cost, predicted: cost, reachedRatio: 0.5, groups: [] };
    await finishStage(database.pool, last, { inputsDigest: 'last', result, outputs: {} });
    expect(await stageOf(runId)).toMatchObject({ status: 'succeeded', attempt: 1 });
    expect(await doneStep(database.pool, runId, analyse, 'last')).toEqual({ outputs: {}, result });
    await expect(join(runId)).rejects.toMatchObject({ code: 'STALE_ATTEMPT' });
  });

  it('are refused to whoever joined before the stage was begun anew, or the run went on or ended', async () => {
    const { runId, first } = await begun();
    const overtaken = { code: 'STALE_ATTEMPT' };
    const again = await beginStage(database.pool, runId, analyse, 'begin');
    expect(again.done).toBeNull();
    await expect(keepFitness(database.pool, first, candidate('a', 0.5))).rejects.toMatchObject(overtaken);
    const second = await join(runId);
    await beginStage(database.pool, runId, prune, 'p');
    await expect(finishStep(database.pool, second, { inputsDigest: 'x', result: standing, outputs: {} })).rejects.toMatchObject(overtaken);
    await expect(join(runId)).rejects.toMatchObject(overtaken);
    await endRun(database.pool, runId, { status: 'cancelled' });
    await expect(join(runId)).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('the fitness of a candidate', () => {
  it('is kept once, the first answer, and counted in what those who watch see', async () => {
    const { runId, first } = await begun();
    const key = (genome: string, generation = 0) => ({ runId, stage: analyse, generation, genome: digest(genome) });
    expect(await fitnessOfCandidate(database.pool, key('a'))).toBeNull();
    expect(await keepFitness(database.pool, first, candidate('b', 0.25))).toBe(0.25);
    expect(await keepFitness(database.pool, first, candidate('a', 1 / 3))).toBe(1 / 3);
    expect(await keepFitness(database.pool, first, candidate('a', 0.9))).toBe(1 / 3);
    expect(await fitnessOfCandidate(database.pool, key('a'))).toBe(1 / 3);
    expect(await fitnessOfCandidate(database.pool, key('a', 1))).toBeNull();
    expect(await stageOf(runId)).toMatchObject({ progress: { phase: 'searching', step: 2 } });
  });
});

describe('a version', () => {
  it('says where its channels come from, if the evaluation wrote it down', async () => {
    const { id: runId } = await factory.run(ids, { recipe });
    const evaluate: StageKey = { name: 'evaluate', round: 0 };
    const register: StageKey = { name: 'register', round: 0 };
    const after = { split: 'test' as const, examples: 1, accuracy: 1, loss: 0, parameters: 1, macs: 1, bytes: 1 };
    const network: ArtifactRef = { digest: digest('7'), bytes: 7, kind: 'network' };
    const provenance: ArtifactRef = { digest: digest('8'), bytes: 8, kind: 'channel-provenance' };
    const evaluation = await beginStage(database.pool, runId, evaluate, 'e');
    if (evaluation.done !== null) return expect.fail('done already');
    const result: JobResult = { kind: 'evaluate', measurements: { after }, layers: {} };
    await finishStage(database.pool, evaluation.attempt, { inputsDigest: 'e', result, outputs: { network, provenance } });
    const registration = await beginStage(database.pool, runId, register, 'r');
    if (registration.done !== null) return expect.fail('done already');
    await registerVersion(database.pool, registration.attempt, { network: network.digest, inputsDigest: 'r' });
    const version = await database.prisma.modelVersion.findUniqueOrThrow({ where: { runId }, include: { provenance: true } });
    expect(version.provenance).toMatchObject({ digest: provenance.digest, kind: 'channel-provenance' });
  });
});
