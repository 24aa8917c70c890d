import { once } from 'node:events';
import { EspalierError } from '@espalier/core';
import { pino } from 'pino';
import { startApi } from './api.ts';
import { readEnvironment } from './environment.ts';

/** What a request in flight may take after the process was told to end. */
const drainMs = 6000;

async function main(): Promise<void> {
  const environment = readEnvironment(process.env);
  const log = pino({ level: environment.logLevel, name: 'api' });
  const told = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  const api = await startApi(environment, log);
  process.stdout.write(`[ready] API at ${api.url}/graphql\n`);
  await told;
  setTimeout(() => {
    log.warn('some requests were not answered in time and are cut off');
    process.exit(0);
  }, drainMs).unref();
  await api.close();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof EspalierError ? `${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}` : error);
    process.exit(1);
  },
);
