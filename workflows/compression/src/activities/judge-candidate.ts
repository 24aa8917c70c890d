import { EspalierError } from '@espalier/core';
import { fitnessOfCandidate, keepFitness, reportStage } from '@espalier/database';
import type { CandidateRequest } from '../contract/index.ts';
import type { TrainerDependencies } from './dependencies.ts';
import { JobRunner } from './job-runner.ts';
import { patiently } from './patience.ts';
import { attemptStep } from './step.ts';

/**
 * Has one candidate of a search judged by a trainer. Judged before means judged; its fitness depends on the candidate alone, so that it does not matter which
 * worker judges it, when, or how often.
 * @returns what the candidate is worth on held-out pictures, in [0, 1].
 */
export async function judgeCandidate(dependencies: TrainerDependencies, { runId, stage, job }: CandidateRequest): Promise<number> {
  const { pool } = dependencies;
  const { algorithm, generation, candidate, genome } = job;
  const known = await fitnessOfCandidate(pool, { runId, stage, generation, genome });
  if (known !== null) return known;
  const name = `candidate ${candidate} of generation ${generation}`;
  return attemptStep(dependencies, { runId, stage, name }, async (attempt) => {
    const runner = new JobRunner(dependencies, `${runId}-${stage.name}-${stage.round}-candidate-${generation}-${candidate}`, {
      // Several candidates at once would show their progress in turns: what is told is how many have been judged.
      write: ({ device, points, lines }) => reportStage(pool, attempt, { device, points, lines }),
      // A candidate that is lost is judged anew.
      checkpoint: async () => undefined,
    });
    return runner.use(async () => {
      runner.heartbeat({ checkpoint: null });
      const { result } = await runner.run(job, null);
      if (result.kind !== 'fitness') throw new EspalierError('INTERNAL', `a fitness job came back as ${result.kind}`);
      const phase = `searching by ${algorithm}, generation ${generation}`;
      const { fitness } = result;
      return patiently(runner.stopSignal, () => keepFitness(pool, attempt, { generation, genome, fitness, phase }));
    });
  });
}
