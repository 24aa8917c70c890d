import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { EspalierError } from '@espalier/core';
import { writeFileAtomically } from '@espalier/core/node';
import { z } from 'zod';
import { withLock } from '../../setup/lock.mjs';
import { hasCode, isAlive, noteOf } from '../processes.ts';

const ClaimSchema = z.object({ pid: z.number().int(), started: z.string().nullable(), url: z.string().nullable() });
type Claim = z.infer<typeof ClaimSchema>;

/** That one process runs the services of a home. */
export interface HeldClaim {
  /** Notes where the portal is, for the next start to name it. */
  announce(url: string): Promise<void>;
  release(): Promise<void>;
}

/** @throws EspalierError `CONFLICT` when another start runs them already */
export async function claimHome(home: string): Promise<HeldClaim> {
  const file = path.join(home, 'portal.json');
  const write = (url: string | null) => writeFileAtomically(file, JSON.stringify({ ...noteOf(process.pid), url } satisfies Claim));
  await withLock(
    path.join(home, 'portal.lock'),
    async () => {
      const claim = await readClaim(file);
      if (claim !== undefined && claim.pid !== process.pid && isAlive(claim))
        throw new EspalierError(
          'CONFLICT',
          `this portal is already running (process ${claim.pid}${claim.url === null ? '' : `, ${claim.url}`})`,
          {
            hint: `Use it, or stop it first: kill ${claim.pid}. A second one needs a folder of its own: ESPALIER_HOME=/some/folder npm start.`,
          },
        );
      await write(null);
    },
    () => undefined,
  );
  return { announce: write, release: () => rm(file, { force: true }) };
}

async function readClaim(file: string): Promise<Claim | undefined> {
  try {
    return ClaimSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
