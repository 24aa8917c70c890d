import { setTimeout as sleep } from 'node:timers/promises';
import { RecipeSchema, stagesOf, type ArtifactRef, type JobResult, type Measurement, type StageKey } from '@espalier/core';
import { testDatabase } from '@espalier/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from '../open.ts';
import {
  beginStage,
  endRun,
  finishRun,
  finishStage,
  noteCheckpoint,
  noteFailure,
  readRunInputs,
  registerVersion,
  reportStage,
  runChannel,
  unfinishedRuns,
  type Attempt,
  type BegunStage,
} from './index.ts';

let database: Database;
let organizationId: string;
let modelId: string;
let datasetId: string;

beforeAll(async () => {
  database = openDatabase((await testDatabase()).url);
  const { prisma } = database;
  ({ id: organizationId } = await prisma.organization.create({ data: { name: 'Team', slug: 'team' } }));
  const model = { organizationId, name: 'm', architecture: 'resnet20', inputShape: [28, 28, 1], classes: 10, idempotencyKey: 'm' };
  ({ id: modelId } = await prisma.model.create({ data: model }));
  const dataset = { organizationId, name: 'd', format: 'idx', path: '/d', digest: 'd'.repeat(64), idempotencyKey: 'd' };
  ({ id: datasetId } = await prisma.dataset.create({ data: dataset }));
});
afterAll(() => database.close());

const train: StageKey = { name: 'train', round: 0 };
const evaluate: StageKey = { name: 'evaluate', round: 0 };
const register: StageKey = { name: 'register', round: 0 };
const inputs = 'inputs';
const digest = (digit: string): string => digit.repeat(64);

let runs = 0;
async function newRun(): Promise<string> {
  const recipe = RecipeSchema.parse({ kind: 'training', training: { epochs: 1, learningRate: 0.1 } });
  const stages = { create: stagesOf(recipe).map((stage, position) => ({ ...stage, position })) };
  const given = { organizationId, modelId, datasetId, kind: recipe.kind, title: 'run', idempotencyKey: `run ${++runs}` };
  const { id } = await database.prisma.run.create({ data: { ...given, recipe: { toJSON: () => recipe }, stages } });
  return id;
}

async function begin(runId: string, stage = train): Promise<BegunStage> {
  const begun = await beginStage(database.pool, runId, stage, inputs);
  if (begun.done !== null) return expect.fail('the stage is done already');
  return begun;
}

const network: ArtifactRef = { digest: digest('1'), bytes: 10, kind: 'network' };
const trained: JobResult = {
  kind: 'train',
  epochs: 1,
  steps: 10,
  trainingLoss: 0.1,
  validation: null,
  cost: { parameters: 1, macs: 2 },
};
const measured: Measurement = { split: 'test', examples: 10, accuracy: 0.9, loss: 0.2, parameters: 5, macs: 50, bytes: 10 };
const finish = (attempt: Attempt, result: JobResult = trained): Promise<string[]> =>
  finishStage(database.pool, attempt, { inputsDigest: inputs, result, outputs: { network } });
const evaluated = (): JobResult => ({ kind: 'evaluate', measurements: { after: measured }, layers: {} });

const stageOf = (runId: string, { name, round } = train) =>
  database.prisma.runStage.findUniqueOrThrow({ where: { runId_name_round: { runId, name, round } } });
const pointsOf = (runId: string) => database.prisma.metricPoint.findMany({ where: { runId }, orderBy: { seq: 'asc' } });
const loss = (step: number, value: number) => ({ series: 'train/loss', step, value });

describe('a stage', () => {
  it('done before is done, with the outputs it had', async () => {
    const runId = await newRun();
    const { attempt } = await begin(runId);
    await finish(attempt);
    expect(await beginStage(database.pool, runId, train, inputs)).toEqual({ done: { outputs: { network }, result: trained } });
    expect(await stageOf(runId)).toMatchObject({ status: 'succeeded', attempt: 1 });
    const other = await beginStage(database.pool, runId, train, 'other inputs');
    expect(other.done).toBeNull();
  });

  it('is written for by its newest attempt alone', async () => {
    const runId = await newRun();
    const first = (await begin(runId)).attempt;
    const second = (await begin(runId)).attempt;
    expect([first.number, second.number, second.fence - first.fence]).toEqual([1, 2, 1]);
    const overtaken = { code: 'STALE_ATTEMPT', message: expect.stringContaining('attempt 1 at stage train') };
    const error = { code: 'INTERNAL' as const, message: 'x', path: [], retryable: true };
    await expect(reportStage(database.pool, first, { points: [loss(1, 1)] })).rejects.toMatchObject(overtaken);
    await expect(noteCheckpoint(database.pool, first, { digest: digest('2'), epoch: 1, step: 1 })).rejects.toMatchObject(overtaken);
    await expect(noteFailure(database.pool, first, error)).rejects.toMatchObject(overtaken);
    await expect(finish(first)).rejects.toMatchObject(overtaken);
    expect(await pointsOf(runId)).toEqual([]);
    await finish(second);
    expect(await stageOf(runId)).toMatchObject({ status: 'succeeded', attempt: 2, error: null, checkpoints: [] });
  });

  it('begun by many at once goes to one of them, and the others are told', async () => {
    const runId = await newRun();
    const attempts = (await Promise.all(Array.from({ length: 8 }, () => begin(runId)))).map(({ attempt }) => attempt);
    expect(new Set(attempts.map(({ fence }) => fence)).size).toBe(8);
    const outcomes = await Promise.allSettled(attempts.map((attempt) => finish(attempt)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('of a run that has ended is not begun', async () => {
    const runId = await newRun();
    await endRun(database.pool, runId, { status: 'cancelled' });
    await expect(begin(runId)).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(readRunInputs(database.pool, runId)).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('counts attempts that came no further, and tells the next one why the last failed', async () => {
    const runId = await newRun();
    const error = { code: 'TRAINER_CRASHED' as const, message: 'exit code 7', path: [], retryable: true };
    await noteFailure(database.pool, (await begin(runId)).attempt, error);
    expect(await begin(runId)).toMatchObject({ attemptsWithoutProgress: 1, lastError: error });
    const third = await begin(runId);
    expect(third.attemptsWithoutProgress).toBe(2);
    await noteCheckpoint(database.pool, third.attempt, { digest: digest('3'), epoch: 1, step: 1 });
    expect(await begin(runId)).toMatchObject({ attemptsWithoutProgress: 0, checkpoints: [{ digest: digest('3'), attempt: 3 }] });
    expect(await begin(runId)).toMatchObject({ attemptsWithoutProgress: 1 });
  });
});

describe('checkpoints', () => {
  it('are kept two at a time, and none once the stage is done', async () => {
    const runId = await newRun();
    const { attempt } = await begin(runId);
    const note = (step: number) => noteCheckpoint(database.pool, attempt, { digest: digest(`${step}`), epoch: 0, step });
    expect([await note(4), await note(5), await note(6), await note(6)]).toEqual([[], [], [digest('4')], []]);
    expect((await begin(runId)).checkpoints.map(({ step }) => step)).toEqual([6, 5]);
    const last = (await begin(runId)).attempt;
    expect((await finish(last)).sort()).toEqual([digest('5'), digest('6')]);
  });

  it('that another run made too stay as long as that one needs them', async () => {
    const [one, other] = [await newRun(), await newRun()];
    const first = (await begin(one)).attempt;
    const second = (await begin(other)).attempt;
    for (const attempt of [first, second]) await noteCheckpoint(database.pool, attempt, { digest: digest('7'), epoch: 0, step: 1 });
    expect(await finish(first)).toEqual([]);
    expect(await endRun(database.pool, other, { status: 'cancelled' })).toEqual([digest('7')]);
  });
});

describe('a report', () => {
  it('replaces a point that is written again, under a new sequence number', async () => {
    const runId = await newRun();
    const { attempt } = await begin(runId);
    await reportStage(database.pool, attempt, { points: [loss(1, 0.9), loss(2, 0.8)] });
    const before = await pointsOf(runId);
    await reportStage(database.pool, attempt, { points: [loss(2, 0.6), loss(2, 0.7), loss(3, 0.5)] });
    const after = await pointsOf(runId);
    expect(after.map(({ step, value }) => [step, value])).toEqual([
      [1, 0.9],
      [2, 0.7],
      [3, 0.5],
    ]);
    expect(after[1]?.seq).toBeGreaterThan(before[1]?.seq ?? 0n);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('with a value of %s is refused by name, all of it', async (value) => {
    const runId = await newRun();
    const { attempt } = await begin(runId);
    const report = { progress: { phase: 'training' }, points: [loss(1, 0.9), loss(2, value)] };
    await expect(reportStage(database.pool, attempt, report)).rejects.toMatchObject({
      code: 'LOSS_NOT_FINITE',
      message: `train/loss is ${value} at step 2`,
    });
    expect(await pointsOf(runId)).toEqual([]);
    expect((await stageOf(runId)).progress).toBeNull();
  });

  it('keeps what is not in it, and lines in their order', async () => {
    const runId = await newRun();
    const { attempt } = await begin(runId);
    const device = { backend: 'tensorflow', tensorflow: '2.21.0', device: 'cpu', oneDnn: true, threads: 2, warning: null } as const;
    await reportStage(database.pool, attempt, { device, progress: { phase: 'training', step: 1 } });
    const lines = Array.from({ length: 20 }, (_, index) => ({ level: 'info' as const, text: `line ${index}\0` }));
    await reportStage(database.pool, attempt, { lines, progress: { phase: 'training', step: 2 } });
    expect(await stageOf(runId)).toMatchObject({ device, progress: { phase: 'training', step: 2 } });
    const kept = await database.prisma.runLine.findMany({ where: { runId }, orderBy: { seq: 'asc' } });
    expect(kept.map(({ text }) => text)).toEqual(lines.map(({ text }) => text.replace('\0', '\u{FFFD}')));
  });

  it('wakes who listens once it is written, and nobody when it is refused', async () => {
    const runId = await newRun();
    const { attempt } = await begin(runId);
    const listener = new Client({ connectionString: database.url });
    await listener.connect();
    try {
      const heard: string[] = [];
      listener.on('notification', ({ channel, payload }) => heard.push(`${channel} ${payload}`));
      await listener.query(`LISTEN ${runChannel}`);
      await expect(reportStage(database.pool, attempt, { points: [loss(1, Number.NaN)] })).rejects.toThrow();
      await reportStage(database.pool, attempt, { points: [loss(1, 1)] });
      for (let waited = 0; heard.length === 0 && waited < 100; waited++) await sleep(20);
      expect(heard).toEqual([`${runChannel} ${JSON.stringify({ runId, organizationId })}`]);
    } finally {
      await listener.end();
    }
  });
});

describe('a run', () => {
  it('tells its workflow what it works with', async () => {
    expect(await readRunInputs(database.pool, await newRun())).toMatchObject({
      recipe: { kind: 'training', seed: 1 },
      dataset: { location: { format: 'idx', path: '/d' }, digest: digest('d') },
      model: { architecture: 'resnet20', inputShape: [28, 28, 1], classes: 10 },
      input: null,
    });
    await expect(readRunInputs(database.pool, '00000000-0000-4000-8000-000000000000')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('that fails ends its stages with it, and nobody may write for it any more', async () => {
    const runId = await newRun();
    await finish((await begin(runId)).attempt);
    const { attempt } = await begin(runId, evaluate);
    const error = { code: 'OUT_OF_MEMORY' as const, message: 'too large', path: [], retryable: false };
    await endRun(database.pool, runId, { status: 'failed', error });
    await expect(reportStage(database.pool, attempt, { points: [loss(1, 1)] })).rejects.toMatchObject({ code: 'STALE_ATTEMPT' });
    const { stages, ...run } = await database.prisma.run.findUniqueOrThrow({
      where: { id: runId },
      include: { stages: { orderBy: { position: 'asc' } } },
    });
    expect(run).toMatchObject({ status: 'failed', error });
    expect(stages.map(({ status }) => status)).toEqual(['succeeded', 'failed', 'cancelled']);
    expect(stages[1]?.error).toEqual(error);
  });

  it('that came through without some of its stages says that they were skipped', async () => {
    const runId = await newRun();
    await finish((await begin(runId)).attempt);
    await finishRun(database.pool, runId);
    const stages = await database.prisma.runStage.findMany({ where: { runId }, orderBy: { position: 'asc' } });
    expect(stages.map(({ status }) => status)).toEqual(['succeeded', 'skipped', 'skipped']);
  });

  it('that has ended stays as it ended', async () => {
    const runId = await newRun();
    await finishRun(database.pool, runId);
    await endRun(database.pool, runId, { status: 'cancelled' });
    expect(await database.prisma.run.findUniqueOrThrow({ where: { id: runId } })).toMatchObject({ status: 'succeeded', fence: 0n });
    expect((await unfinishedRuns(database.pool)).map((run) => run.runId)).not.toContain(runId);
  });

  it('is listed with its pool until it ends', async () => {
    const runId = await newRun();
    expect(await unfinishedRuns(database.pool)).toContainEqual({ runId, pool: 'default' });
  });

  it('registers what it measured as the next version, once', async () => {
    const versions = async (runId: string): Promise<void> => {
      await finish((await begin(runId)).attempt);
      await finish((await begin(runId, evaluate)).attempt, evaluated());
      const { attempt } = await begin(runId, register);
      await registerVersion(database.pool, attempt, { network: network.digest, inputsDigest: inputs });
    };
    const ids = await Promise.all(Array.from({ length: 4 }, newRun));
    await Promise.all(ids.map(versions));
    const registered = await database.prisma.modelVersion.findMany({ where: { modelId }, orderBy: { number: 'asc' } });
    expect(registered.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    expect(registered[0]).toMatchObject({
      digest: network.digest,
      bytes: 10n,
      macs: 50n,
      parameters: 5n,
      parentId: null,
      measurement: measured,
    });
    expect(await beginStage(database.pool, ids[0] ?? '', register, inputs)).toEqual({ done: { outputs: {}, result: null } });
  });

  it('registers nothing that was not measured', async () => {
    const runId = await newRun();
    const { attempt } = await begin(runId, register);
    await expect(registerVersion(database.pool, attempt, { network: network.digest, inputsDigest: inputs })).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining('has not measured'),
    });
  });
});
