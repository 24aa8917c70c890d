import { CompressionRecipeSchema, TrainingRecipeSchema, stagesOf, type Digest } from '@espalier/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  endsRounds,
  jobOf,
  madeAfter,
  nothingMade,
  seedOfStage,
  targetOfRound,
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
    if (job.kind !== 'evaluate') made = madeAfter(made, { outputs: { [job.kind === 'analyse' ? 'plan' : 'network']: output } });
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

describe("the rounds' targets", () => {
  it('together remove what the recipe asks for, each the same share', () => {
    const anyRatio = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(anyRatio, fc.integer({ min: 1, max: 50 }), (reductionRatio, rounds) => {
        const share = targetOfRound({ measure: 'macs', reductionRatio }, rounds).reductionRatio;
        expect(share).toBeGreaterThan(0);
        expect((1 - share) ** rounds).toBeCloseTo(1 - reductionRatio, 9);
      }),
    );
  });

  it('of a single round is the recipe itself, to the last digit', () => {
    expect(targetOfRound({ measure: 'parameters', reductionRatio: 0.3 }, 1)).toEqual({ measure: 'parameters', reductionRatio: 0.3 });
  });

  // 1 − √(1 − 0.75) = 0.5: two rounds of a half each leave a quarter.
  it('of two rounds for three quarters is a half each', () => {
    expect(targetOfRound({ measure: 'macs', reductionRatio: 0.75 }, 2).reductionRatio).toBeCloseTo(0.5, 12);
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
