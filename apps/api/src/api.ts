import type { Logger } from 'pino';
import type { Environment } from './environment.ts';
import { startServer, type ApiServer } from './server/start.ts';
import { openServices } from './services.ts';

/** Opens everything the API needs and serves it; `close` drains and closes all of it. */
export async function startApi(environment: Environment, log: Logger): Promise<ApiServer> {
  const services = openServices(environment, log);
  try {
    const server = await startServer(services, environment);
    return {
      url: server.url,
      async close() {
        await server.close();
        await services.close();
      },
    };
  } catch (error) {
    await services.close();
    throw error;
  }
}
