import { CompressionRecipeSchema, TrainingRecipeSchema, stagesOf, type Digest } from '@espalier/core';
import { describe, expect, it } from 'vitest';
import {
  endsRounds,
  jobOf,
  madeAfter,
  nothingMade,
  seedOfStage,
  type CompressionPlan,
  type Made,
  type StageJob,
  type TrainingPlan,
} from './index.ts';

const digest = (digit: string): Digest => digit.repeat(64);
const parent = digest('0');
const dataset = { location: { format: 'idx' as const, path: '/data/digits' }, digest: digest('d') };
const training = { epochs: 2, learningRate: 0.1 };

const compression = (input: object = {}): CompressionPlan => ({
  kind: 'compression',
  dataset,
  parent,
  recipe: CompressionRecipeSchema.parse({
    kind: 'compression',
    method: { name: 'exp' },
    target: { measure: 'macs', reductionRatio: 0.5 },
    retraining: training,
    ...input,
  }),
});

/** Every job of a run whose stages make the artifacts 1, 2, 3, … in turn. */
function jobsOf(plan: CompressionPlan | TrainingPlan): StageJob[] {
  const jobs: StageJob[] = [];
  let made: Made = nothingMade;
  for (const stage of stagesOf(plan.recipe).filter(({ name }) => name !== 'register')) {
    const job = jobOf(plan, stage, made);
    const output = { digest: digest(String(jobs.push(job))), bytes: 1, kind: 'network' as const };
    if (job.kind === 'analyse') made = madeAfter(made, { outputs: { plan: output }, remainder: { share: 0.6, groups: [] } });
    else if (job.kind !== 'evaluate') made = madeAfter(made, { outputs: { network: output } });
  }
  return jobs;
}

describe('the jobs of a run', () => {
  it('of training: the network is trained and measured on the test split', () => {
    const network = { from: 'zoo' as const, name: 'resnet20', inputShape: [28, 28, 1] as [number, number, number], classes: 10 };
    const recipe = TrainingRecipeSchema.parse({ kind: 'training', training });
    expect(jobsOf({ kind: 'training', recipe, dataset, network })).toMatchObject([
      { kind: 'train', network, distillation: null, series: 'train' },
      { kind: 'evaluate', networks: [{ name: 'after', digest: digest('1') }], split: 'test' },
    ]);
  });

  it('end their rounds where an analysis makes no plan', () => {
    const made = { plan: { digest: digest('1'), bytes: 1, kind: 'pruning-plan' as const } };
    expect(endsRounds({ name: 'analyse', round: 2 }, { outputs: {} })).toBe(true);
    expect(endsRounds({ name: 'analyse', round: 2 }, { outputs: made })).toBe(false);
    expect(endsRounds({ name: 'retrain', round: 2 }, { outputs: {} })).toBe(false);
  });

  it('of compression: every round works on what the one before left, the teacher stays the parent', () => {
    const teacher = { teacher: parent, settings: { temperature: 4, alpha: 0.5 } };
    expect(jobsOf(compression({ rounds: 2 }))).toMatchObject([
      { kind: 'analyse', network: parent, round: 1 },
      { kind: 'prune', network: parent, plan: digest('1') },
      { kind: 'train', network: { from: 'artifact', digest: digest('2') }, distillation: teacher, series: 'retrain/1' },
      { kind: 'analyse', network: digest('3'), round: 2 },
      { kind: 'prune', network: digest('3'), plan: digest('4') },
      { kind: 'train', network: { from: 'artifact', digest: digest('5') }, distillation: teacher, series: 'retrain/2' },
      {
        kind: 'evaluate',
        networks: [
          { name: 'before', digest: parent },
          { name: 'after', digest: digest('6') },
        ],
        latency: true,
        plans: [digest('1'), digest('4')],
      },
    ]);
  });

  // 60 % is left by the first round: a sixth of that is to go still. A third round would have none.
  it('of compression: what a round leaves decides what the next has to remove', () => {
    const targets = jobsOf(compression({ rounds: 2 })).flatMap((job) => (job.kind === 'analyse' ? [job.target?.reductionRatio] : []));
    expect(targets).toEqual([expect.closeTo(1 - Math.SQRT1_2, 12), expect.closeTo(1 / 6, 12)]);
    const third = jobsOf(compression({ rounds: 3 })).filter(({ kind }) => kind === 'analyse')[2];
    expect(third).toMatchObject({ target: null });
  });

  it('of compression without distillation have no teacher', () => {
    const jobs = jobsOf(compression({ distillation: null }));
    expect(jobs.find(({ kind }) => kind === 'train')).toMatchObject({ distillation: null });
  });

  it('refuse a stage that comes before what it works on', () => {
    const stage = { name: 'prune', round: 1 } as const;
    expect(() => jobOf(compression(), stage, nothingMade)).toThrow('stage prune of round 1 has nothing to work on');
    expect(() => jobOf(compression(), { name: 'register', round: 0 }, nothingMade)).toThrow('register');
  });
});

describe("the stages' seeds", () => {
  it('differ by stage, round and recipe, and do not change with the number of rounds', () => {
    const seeds = [1, 2].flatMap((seed) => stagesOf(compression({ rounds: 3 }).recipe).map((stage) => seedOfStage(seed, stage)));
    expect(new Set(seeds).size).toBe(seeds.length);
  });

  it('are the same for the same recipe, for ever', () => {
    expect(seedOfStage(1, { name: 'train', round: 0 })).toBe(3011517330);
    expect(seedOfStage(1, { name: 'retrain', round: 1 })).toBe(2176596981);
  });
});
