import { setTimeout as sleep } from 'node:timers/promises';
import { connectToWorkflows } from '@espalier/compression-workflow/client';
import { EspalierError } from '@espalier/core';
import { openDatabase } from '@espalier/database';
import { openStorage } from '@espalier/storage';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { pino } from 'pino';
import { readEnvironment, trainerEnvironment } from './environment.ts';
import { reconcile } from './reconcile.ts';
import { claimScratch } from './scratch.ts';
import { trainerCommand } from './trainer-command.ts';
import { createWorkers } from './workers.ts';

/** How often rows are held against workflows; what this mends is rare, and waits for nobody. */
const reconcileEveryMs = 30_000;

async function main(): Promise<void> {
  const environment = readEnvironment(process.env);
  const { temporal, pool: workerPool } = environment;
  const log = pino({ level: environment.logLevel, name: 'worker' });
  const logger = new DefaultLogger('INFO', ({ level, message, meta }) => {
    log[level === 'WARN' ? 'warn' : level === 'ERROR' ? 'error' : 'debug']({ ...meta }, message);
  });
  Runtime.install({ logger });

  const database = openDatabase(environment.databaseUrl);
  const storage = openStorage(environment.storage);
  const workDirectory = await claimScratch(environment.workDirectory, process.pid);
  const client = await connectToWorkflows(temporal);
  const connection = await NativeConnection.connect({ address: temporal.address });
  const workers = await createWorkers({
    connection,
    namespace: temporal.namespace,
    pool: workerPool,
    logger,
    dependencies: {
      pool: database.pool,
      storage,
      workDirectory,
      dataRoots: environment.dataRoots,
      trainer: trainerCommand(environment, trainerEnvironment(process.env)),
    },
  });

  const ended = new AbortController();
  const running = Promise.all(workers.map((worker) => worker.run())).finally(() => ended.abort());
  process.stdout.write(`[ready] worker of pool ${workerPool}, Temporal at ${temporal.address}\n`);

  const reconciling = (async () => {
    while (!ended.signal.aborted) {
      try {
        const done = await reconcile({ database: database.pool, storage, client, pool: workerPool });
        if (done.started + done.ended > 0) log.warn(done, 'brought rows and workflows together again');
      } catch (error) {
        log.warn({ error }, 'could not hold rows against workflows; trying again later');
      }
      await sleep(reconcileEveryMs, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  })();

  try {
    await running;
    await reconciling;
  } finally {
    await connection.close();
    await client.connection.close();
    await database.close();
  }
}

main().then(
  // Whatever a library may still hold open, a worker whose work is handed back has nothing more to do.
  () => process.exit(0),
  (error: unknown) => {
    const told = error instanceof EspalierError ? `${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}` : error;
    console.error(told);
    process.exit(1);
  },
);
