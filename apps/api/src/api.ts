import { openDatabase, RunListener } from '@espalier/database';
import { openStorage } from '@espalier/storage';
import type { Logger } from 'pino';
import { createAuth } from './auth/auth.ts';
import type { Environment } from './environment.ts';
import { startServer, type ApiServer } from './server/start.ts';
import { lazyWorkflows } from './workflows.ts';

/** Opens everything the API needs and serves it; `close` drains and closes all of it. */
export async function startApi(environment: Environment, log: Logger): Promise<ApiServer> {
  const { portalUrl, host, port, dataRoots, pool } = environment;
  const database = openDatabase(environment.databaseUrl);
  const listener = new RunListener(environment.databaseUrl, {
    onTrouble: (error) => log.warn({ err: error }, 'changes of runs are not heard at the moment; trying again'),
  });
  const workflows = lazyWorkflows(environment.temporal);
  const auth = createAuth({ prisma: database.prisma, portalUrl, secret: environment.authSecret, log });
  const closeAll = async (): Promise<void> => {
    await Promise.all([listener.close(), workflows.close()]);
    await database.close();
  };
  try {
    const services = {
      database,
      auth,
      listener,
      storage: openStorage(environment.storage),
      workflows: () => workflows.client(),
      dataRoots,
      pool,
      log,
    };
    const server = await startServer(services, { host, port, portalUrl });
    return {
      url: server.url,
      async close() {
        await server.close();
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
