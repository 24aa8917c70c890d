import { openDatabase, RunListener } from '@espalier/database';
import { openStorage } from '@espalier/storage';
import type { Logger } from 'pino';
import { createAuth } from './auth/auth.ts';
import type { Environment } from './environment.ts';
import type { Services } from './schema/context.ts';
import { lazyWorkflows } from './workflows.ts';

export interface OpenServices extends Services {
  close(): Promise<void>;
}

/** Opens everything that resolvers work with. What is not there yet is connected to when it is first needed. */
export function openServices(environment: Environment, log: Logger): OpenServices {
  const { databaseUrl, temporal, portalUrl, authSecret, dataRoots, pool } = environment;
  const storage = openStorage(environment.storage);
  const database = openDatabase(databaseUrl);
  const listener = new RunListener(databaseUrl, {
    onTrouble: (error) => log.warn({ err: error }, 'changes of runs are not heard at the moment; trying again'),
  });
  const workflows = lazyWorkflows(temporal);
  return {
    database,
    auth: createAuth({ prisma: database.prisma, portalUrl, secret: authSecret, log }),
    listener,
    storage,
    workflows: () => workflows.client(),
    dataRoots,
    pool,
    log,
    async close() {
      await Promise.all([listener.close(), workflows.close()]);
      await database.close();
    },
  };
}
