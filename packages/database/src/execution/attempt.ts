import { EspalierError, type StageKey } from '@espalier/core';
import type { Pool, PoolClient } from 'pg';
import { notifyRun } from './notify.ts';
import { inTransaction } from './transaction.ts';

/**
 * One attempt at one stage. Its fence is the number that the run's row counted up to when the attempt began: as long as the row still says so, no
 * other attempt has begun and the run has not ended.
 */
export interface Attempt {
  readonly runId: string;
  readonly stage: StageKey;
  readonly fence: number;
  /** Counts from 1 within the stage. */
  readonly number: number;
}

/**
 * Runs `work` in a transaction that holds the run's row, after checking that the attempt is still the one that may write; whoever watches the run is
 * told when it commits.
 * @throws EspalierError `STALE_ATTEMPT` when another attempt has taken over or the run has ended, `NOT_FOUND` when there is no such run.
 */
export async function asAttempt<T>(pool: Pool, attempt: Attempt, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(pool, async (client) => {
    const { fence, organizationId } = await lockRun(client, attempt.runId);
    if (fence !== attempt.fence) {
      const { name, round } = attempt.stage;
      throw new EspalierError(
        'STALE_ATTEMPT',
        `attempt ${attempt.number} at stage ${name} (round ${round}) of run ${attempt.runId} has been overtaken: it held fence ${attempt.fence}, the run is at ${fence}`,
      );
    }
    const result = await work(client);
    await notifyRun(client, { runId: attempt.runId, organizationId });
    return result;
  });
}

export interface LockedRun {
  readonly fence: number;
  readonly status: string;
  readonly organizationId: string;
}

/** Holds the run's row until the transaction ends: whoever else would begin an attempt or write for one waits. */
export async function lockRun(client: PoolClient, runId: string): Promise<LockedRun> {
  const { rows } = await client.query<{ fence: string; status: string; organizationId: string }>(
    `SELECT "fence", "status", "organizationId" FROM "Run" WHERE "id" = $1 FOR NO KEY UPDATE`,
    [runId],
  );
  const row = rows[0];
  if (row === undefined) throw new EspalierError('NOT_FOUND', `there is no run ${runId}`);
  return { ...row, fence: Number(row.fence) };
}
