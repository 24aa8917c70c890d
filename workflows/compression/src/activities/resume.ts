import path from 'node:path';
import { DigestSchema, EspalierError, type Digest } from '@espalier/core';
import type { BegunStage } from '@espalier/database';
import type { Storage } from '@espalier/storage';
import { z } from 'zod';
import { FinalFailure } from './failure.ts';

/** What every heartbeat of a trainer activity carries to the attempt after it. */
export const HeartbeatSchema = z.object({ checkpoint: DigestSchema.nullable() });
export type Heartbeat = z.infer<typeof HeartbeatSchema>;

/** So many attempts in a row may end, in whatever way, without one new checkpoint. A long training may lose any number of workers. */
const attemptsWithoutProgress = 5;

/**
 * Refuses a stage whose attempts come no further.
 * @throws FinalFailure with the last error, if an attempt lived to tell it.
 */
export function refuseHopeless(begun: BegunStage): void {
  if (begun.attemptsWithoutProgress < attemptsWithoutProgress) return;
  const last = begun.lastError;
  throw new FinalFailure({
    code: last?.code ?? 'TRAINER_CRASHED',
    message: `${begun.attemptsWithoutProgress} attempts in a row came no further. ${last === null ? 'None of them could say why: their workers died.' : `The last one said: ${last.message}`}`,
    hint: last?.hint ?? "Look at the worker's log and at the memory it had.",
    path: last?.path ?? [],
    retryable: false,
  });
}

/**
 * Places the newest checkpoint that is there and whole.
 * @param heartbeat details of the last heartbeat before this attempt. The database is written first, so they only know more when it was set back.
 * @returns null when there is none: the stage begins anew, and ends in the same result.
 */
export async function placeCheckpoint(
  { checkpoints }: BegunStage,
  heartbeat: unknown,
  { storage, folder, onDamaged }: { storage: Storage; folder: string; onDamaged: (error: EspalierError) => void },
): Promise<{ digest: Digest; file: string } | null> {
  const told = HeartbeatSchema.safeParse(heartbeat).data?.checkpoint ?? null;
  const noted = checkpoints.map(({ digest }) => digest);
  const candidates = told === null || noted.includes(told) ? noted : [told, ...noted];
  for (const digest of candidates) {
    try {
      return { digest, file: await storage.materialise(digest, path.join(folder, 'inputs')) };
    } catch (error) {
      if (!(error instanceof EspalierError) || (error.code !== 'NOT_FOUND' && error.code !== 'BAD_ARTIFACT')) throw error;
      onDamaged(error);
    }
  }
  return null;
}
