import type { Digest, StageKey } from '@espalier/core';
import type { Pool } from 'pg';
import { asAttempt, type Attempt } from './attempt.ts';

/** One candidate of a search by measured accuracy. */
export interface CandidateKey {
  readonly runId: string;
  readonly stage: StageKey;
  /** Of the search, counted from 0. */
  readonly generation: number;
  /** Digest of the genome. */
  readonly genome: Digest;
}

/** The fitness of a candidate that was judged before, or null. */
export async function fitnessOfCandidate(pool: Pool, { runId, stage, generation, genome }: CandidateKey): Promise<number | null> {
  const { rows } = await pool.query<{ fitness: number }>(
    `SELECT "fitness" FROM "SearchEvaluation" WHERE "runId" = $1 AND "stage" = $2 AND "round" = $3 AND "generation" = $4 AND "genome" = $5`,
    [runId, stage.name, stage.round, generation, genome],
  );
  return rows[0]?.fitness ?? null;
}

/**
 * Keeps the fitness of a candidate and shows how many candidates of the search have been judged. Of two answers to one candidate the first counts.
 * @param phase what those who watch are told of the stage.
 * @returns the fitness that counts.
 * @throws EspalierError `STALE_ATTEMPT`.
 */
export async function keepFitness(
  pool: Pool,
  attempt: Attempt,
  { generation, genome, fitness, phase }: Omit<CandidateKey, 'runId' | 'stage'> & { readonly fitness: number; readonly phase: string },
): Promise<number> {
  const { runId, stage } = attempt;
  await asAttempt(pool, attempt, async (client) => {
    await client.query(
      `INSERT INTO "SearchEvaluation" ("runId", "stage", "round", "generation", "genome", "fitness") VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT DO NOTHING`,
      [runId, stage.name, stage.round, generation, genome, fitness],
    );
    await client.query(
      `UPDATE "RunStage" SET "progress" = jsonb_build_object('phase', $4::text, 'step', (
         SELECT count(*) FROM "SearchEvaluation" WHERE "runId" = $1 AND "stage" = $2 AND "round" = $3
       ))
       WHERE "runId" = $1 AND "name" = $2 AND "round" = $3`,
      [runId, stage.name, stage.round, phase],
    );
  });
  return (await fitnessOfCandidate(pool, { runId, stage, generation, genome })) ?? fitness;
}
