// Serves what build.mjs made, says `[ready]` when it answers, and ends by itself when it is told to.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

const host = process.env.ESPALIER_PORTAL_HOST ?? '127.0.0.1';
const port = process.env.ESPALIER_PORTAL_PORT ?? '3000';
const server = path.join(path.dirname(fileURLToPath(import.meta.url)), '.next/standalone/apps/web/server.js');

if (!existsSync(server)) {
  console.error('The portal is not built yet: run `npm run build -w @espalier/web` first.');
  process.exit(1);
}

// Open pages keep their connections alive, and Next would wait for each of them.
process.env.NEXT_MANUAL_SIG_HANDLE = '1';
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit(0));

process.env.HOSTNAME = host;
process.env.PORT = port;
await import(pathToFileURL(server).href);

const origin = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
const deadlineMs = Date.now() + 60_000;
for (;;) {
  const answer = await fetch(`${origin}/healthz`).catch(() => undefined);
  if (answer?.ok) break;
  if (Date.now() > deadlineMs) {
    console.error(`The portal does not answer on ${origin}.`);
    process.exit(1);
  }
  await wait(100);
}
console.log(`[ready] portal on ${origin}`);
