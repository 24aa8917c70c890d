import { CancellationScope, defineQuery, isCancellation, setHandler } from '@temporalio/workflow';
import { stagesOf, type StageKey } from '@espalier/core';
import { endsRounds, jobOf, madeAfter, nothingMade, type Made } from '../contract/jobs.ts';
import { currentStageQueryName } from '../contract/names.ts';
import type { RunWorkflowInput } from '../contract/inputs.ts';
import { wireErrorOf } from './errors.ts';
import { records, trainersOf } from './proxies.ts';
import { searched } from './search.ts';

export const currentStageQuery = defineQuery<StageKey | null>(currentStageQueryName);

/**
 * One run from its first stage to its last. The list of stages is the recipe's (`stagesOf`), the job of each is a pure function of the recipe
 * and of what the stages before it made (`jobOf`); here is only the order, and that every run's row gets an end, whatever happens.
 */
export async function runWorkflow({ runId, pool }: RunWorkflowInput): Promise<void> {
  let current: StageKey | null = null;
  setHandler(currentStageQuery, () => current);
  try {
    const trainers = trainersOf(pool);
    const plan = await records.planRun({ runId });
    let made: Made = nothingMade;
    let roundsEnded = false;
    for (const stage of stagesOf(plan.recipe)) {
      if (roundsEnded && stage.round > 0) continue;
      current = stage;
      if (stage.name === 'register') {
        await records.register({ runId, stage, network: made.network });
      } else {
        const job = jobOf(plan, stage, made);
        const attended = await trainers[job.kind]({ runId, stage, job });
        const outcome = job.kind === 'analyse' ? await searched({ runId, pool, stage, job }, attended) : attended;
        roundsEnded ||= endsRounds(stage, outcome);
        made = madeAfter(made, outcome);
      }
    }
    await records.finishRun({ runId });
  } catch (error) {
    const cancelled = isCancellation(error);
    // The workflow may have been cancelled; writing down that it was must happen all the same.
    await CancellationScope.nonCancellable(() =>
      records.endRun(cancelled ? { runId, status: 'cancelled' } : { runId, status: 'failed', error: wireErrorOf(error) }),
    );
    throw error;
  }
}
