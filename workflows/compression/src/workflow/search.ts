import { CancellationScope, ChildWorkflowCancellationType, continueAsNew, executeChild } from '@temporalio/workflow';
import type { StageKey } from '@espalier/core';
import { searchWorkflowId, searchWorkflowName } from '../contract/names.ts';
import { analysisAfter, candidatesOf, openSearch, type OpenSearch } from '../contract/search.ts';
import type { AnalyseStage, StageOutcome } from '../contract/stage-job.ts';
import { trainersOf } from './proxies.ts';

export interface SearchInput {
  readonly runId: string;
  readonly pool: string;
  readonly stage: StageKey;
  /** The analysis that asked for the search. */
  readonly job: AnalyseStage;
  readonly open: OpenSearch;
}

/** More would help no pool of that size, and a pool has other runs that wait for a worker. */
const candidatesAtOnce = 16;

/** What an analysis comes to: at once, or after the search that it has left open, which goes on in a workflow of its own. */
export async function searched(asked: Omit<SearchInput, 'open'>, outcome: StageOutcome): Promise<StageOutcome> {
  const open = openSearch(outcome, null);
  if (open === null) return outcome;
  return executeChild<(input: SearchInput) => Promise<StageOutcome>>(searchWorkflowName, {
    workflowId: searchWorkflowId(asked.runId, asked.stage.round),
    args: [{ ...asked, open }],
    // No run says `cancelled` while a candidate of it is still being judged.
    cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    parentClosePolicy: 'REQUEST_CANCEL',
  });
}

/**
 * One generation of a search: its candidates are judged by the whole pool at once, in whatever order, then the analysis goes on with what was found. Each
 * generation begins a history of its own, so that a search may have any number of them; what is handed on is two digests and where the search stands.
 * @returns the outcome of the analysis that came to a plan.
 */
export async function searchWorkflow(input: SearchInput): Promise<StageOutcome> {
  const { runId, pool, stage, job, open } = input;
  const fitnesses = await judgeAll(input);
  const outcome = await trainersOf(pool).analyse({ runId, stage, job: analysisAfter(job, open, fitnesses) });
  const next = openSearch(outcome, open);
  return next === null ? outcome : continueAsNew<typeof searchWorkflow>({ ...input, open: next });
}

/** @returns the fitness of each candidate, in the order of the search. When one can't be judged the others are told to stop, and have stopped when this throws. */
async function judgeAll({ runId, pool, stage, job, open }: SearchInput): Promise<number[]> {
  const candidates = candidatesOf(job, open);
  const fitnesses: number[] = [];
  const trainers = trainersOf(pool);
  const scope = new CancellationScope();
  return scope.run(async () => {
    let taken = 0;
    const judgeOneAfterTheOther = async (): Promise<void> => {
      while (taken < candidates.length) {
        const place = taken++;
        fitnesses[place] = await trainers.fitness({ runId, stage, job: candidates[place]! });
      }
    };
    const lanes = Array.from({ length: Math.min(candidatesAtOnce, candidates.length) }, judgeOneAfterTheOther);
    try {
      await Promise.all(lanes);
    } catch (error) {
      scope.cancel();
      await Promise.allSettled(lanes);
      throw error;
    }
    return fitnesses;
  });
}
