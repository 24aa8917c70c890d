import path from 'node:path';
import { runLogged } from './logged.mjs';

const quiet = { DO_NOT_TRACK: '1', TURBO_TELEMETRY_DISABLED: '1', NEXT_TELEMETRY_DISABLED: '1' };

/** Runs a task of every package that has it; turbo leaves out those whose inputs have not changed. */
async function turbo(what, args, { checkout, logFile }) {
  const program = path.join(checkout, 'node_modules', '.bin', 'turbo');
  const env = { ...process.env, ...quiet };
  await runLogged(what, program, ['run', ...args, '--concurrency=2', '--output-logs=errors-only'], {
    cwd: checkout,
    logFile,
    env,
    timeoutMs: 15 * 60_000,
  });
}

/** The Prisma client and the types of the portal's queries. @param {{checkout: string, logs: string, say: (text: string) => void}} options */
export async function generateCode({ checkout, logs, say }) {
  await turbo('generating the database client and the query types', ['generate'], { checkout, logFile: path.join(logs, 'generate.log') });
  say('up to date');
}

/** The portal's pages, as a server that stands alone. @param {{checkout: string, logs: string, say: (text: string) => void}} options */
export async function buildPortal({ checkout, logs, say }) {
  say('building what has changed');
  await turbo('building the portal', ['build'], { checkout, logFile: path.join(logs, 'build.log') });
  say('up to date');
}
