import { rm } from 'node:fs/promises';
import path from 'node:path';
import { EspalierError } from '@espalier/core';
import type { Environment } from './environment.ts';
import { claimHome } from './portal/claim.ts';
import { removePostgres } from './services/postgres/cluster.ts';
import { endLeftovers } from './supervise/ledger.ts';

/** Everything that runs have made, and nothing that was downloaded or built. */
const DATA = [
  'artifacts',
  'work',
  'datasets',
  'temporal.db',
  'temporal.db-wal',
  'temporal.db-shm',
  'owner.json',
  'secrets.json',
  'demonstration.json',
];

/**
 * Empties a home.
 * @throws EspalierError `CONFLICT` when it is being served, `BAD_INPUT` when its data lie in services that are not ours to empty
 */
export async function removeData(home: string, environment: Environment): Promise<void> {
  const foreign = [
    environment.databaseUrl && 'DATABASE_URL',
    environment.temporal.address && 'TEMPORAL_ADDRESS',
    environment.storage && 'ESPALIER_STORAGE',
  ].filter((name) => name !== undefined && name !== '');
  if (foreign.length > 0)
    throw new EspalierError('BAD_INPUT', `--fresh does not empty what ${foreign.join(' and ')} names`, {
      hint: 'Empty it yourself, or start without the variable.',
    });
  const claim = await claimHome(home);
  try {
    await endLeftovers(path.join(home, 'processes.json'));
    await removePostgres(path.join(home, 'postgres'));
    for (const name of DATA) await rm(path.join(home, name), { recursive: true, force: true });
  } finally {
    await claim.release();
  }
}
