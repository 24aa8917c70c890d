import { EspalierError, type StageKey } from '@espalier/core';
import type { Pool } from 'pg';
import { lockRun, type Attempt } from './attempt.ts';
import { outputsOf, type DoneStep } from './begin-stage.ts';
import { inTransaction } from './transaction.ts';

/** What one of several steps of a stage has made, if it was finished before with the same inputs. */
export async function doneStep(pool: Pool, runId: string, stage: StageKey, inputsDigest: string): Promise<DoneStep | null> {
  return inTransaction(pool, (client) => outputsOf(client, runId, stage, inputsDigest));
}

/**
 * Joins the attempt at a stage that is going on, for one of several steps of it. All that have joined write with the same fence and may do so at once; the end of
 * the run, or of the stage, refuses them all. Whatever they write is known by what decides it, so that two who do the same step do no harm.
 * @throws EspalierError `NOT_FOUND` without such a run, `CANCELLED` when the run has ended, `STALE_ATTEMPT` when the stage is not going on.
 */
export async function joinStage(pool: Pool, runId: string, stage: StageKey): Promise<Attempt> {
  return inTransaction(pool, async (client) => {
    const run = await lockRun(client, runId);
    if (run.status !== 'running') throw new EspalierError('CANCELLED', `run ${runId} is ${run.status}: nothing more is begun for it`);
    const { rows } = await client.query<{ status: string; attempt: number; fence: string }>(
      `SELECT "status", "attempt", "fence" FROM "RunStage" WHERE "runId" = $1 AND "name" = $2 AND "round" = $3`,
      [runId, stage.name, stage.round],
    );
    const row = rows[0];
    if (row?.status !== 'running' || Number(row.fence) !== run.fence) {
      throw new EspalierError('STALE_ATTEMPT', `stage ${stage.name} (round ${stage.round}) of run ${runId} is not going on`);
    }
    return { runId, stage, fence: run.fence, number: row.attempt };
  });
}
