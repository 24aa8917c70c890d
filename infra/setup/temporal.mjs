import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';
import { runLogged } from './logged.mjs';
import { SetupProblem } from './problem.mjs';
import { lastWords, run } from './run.mjs';
import { cachedTemporal, findTemporal, TEMPORAL_VERSION } from './temporal/locate.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

/**
 * Gets Temporal's dev server, in this order: a server that runs elsewhere (`TEMPORAL_ADDRESS`), `temporal` on the PATH, the cache, the
 * SDK's own download, a build from its Go sources.
 * @param {{cache: string, logs: string, say: (text: string) => void, env?: NodeJS.ProcessEnv, downloadMs?: number}} options
 * @returns {Promise<string | undefined>} the program; undefined where a server that runs elsewhere is named
 */
export async function ensureTemporal({ cache, logs, say, env = process.env, downloadMs = 90_000 }) {
  if (env.TEMPORAL_ADDRESS) {
    say(`the server at ${env.TEMPORAL_ADDRESS} will be used (TEMPORAL_ADDRESS)`);
    return undefined;
  }
  const target = cachedTemporal(cache);
  const onPath = findTemporal({ cache: '', searchPath: env.PATH });
  if (onPath !== undefined) {
    say(`${onPath} (on the PATH)`);
    return onPath;
  }
  return withLock(
    `${path.dirname(target)}.lock`,
    async () => {
      if (await isWhole(target)) {
        say(`version ${TEMPORAL_VERSION}, from the cache`);
        return target;
      }
      if (existsSync(target)) say(`${target} is damaged and will be fetched again`);
      await rm(path.dirname(target), { recursive: true, force: true });
      await mkdir(path.dirname(target), { recursive: true });
      const scratch = path.join(path.dirname(target), 'part');
      try {
        const got = (await download({ scratch, say, env, downloadMs })) ?? (await build({ scratch, logs, say, env }));
        await settle(got, target);
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
      say(`version ${TEMPORAL_VERSION} is ready (${target})`);
      return target;
    },
    (holder) => say(`waiting for another set-up (process ${holder}) that is getting it`),
  );
}

/** A program in the cache carries a note of its digest, so that one that was cut short or damaged is noticed. */
const noteOf = (program) => `${program}.sha256`;

async function isWhole(program) {
  if (!existsSync(program) || !existsSync(noteOf(program))) return false;
  return (await readFile(noteOf(program), 'utf8')) === (await digestOf(program));
}

async function digestOf(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

async function settle(program, target) {
  await chmod(program, 0o755);
  const tried = await run(program, ['--version'], { timeoutMs: 60_000 });
  if (tried.code !== 0) throw new SetupProblem(`Temporal's program does not run here: ${lastWords(tried)}`, elsewhere);
  await writeFile(noteOf(target), await digestOf(program));
  await rename(program, target);
}

const elsewhere =
  "Put Temporal's command line on the PATH (https://docs.temporal.io/cli), or name a server that runs: TEMPORAL_ADDRESS=host:port.";

/** The SDK downloads from a host that closed networks lack, so it is given little time and its failure is no failure of ours. */
async function download({ scratch, say, env, downloadMs }) {
  say('downloading its program');
  await mkdir(scratch, { recursive: true });
  const script = path.join(here, 'temporal', 'download.mjs');
  const result = await run(process.execPath, [script, scratch, `v${TEMPORAL_VERSION}`], { env, timeoutMs: downloadMs });
  if (result.code === 0) {
    const [name] = await readdir(scratch);
    if (name !== undefined) return path.join(scratch, name);
  }
  say(
    `the download did not work (${result.timedOut ? `nothing came within ${downloadMs / 1000} s` : lastWords(result, 1) || 'it brought nothing'})`,
  );
  return undefined;
}

/** In a module of our own, whose checksums are in the repository: its replace directives forbid `go install` of it from afar. */
async function build({ scratch, logs, say, env }) {
  const go = await run('go', ['version'], { env });
  if (go.code !== 0)
    throw new SetupProblem(
      "Temporal's dev server could be neither downloaded nor built, because there is no Go compiler",
      `Install Go 1.24 or newer (https://go.dev/dl) and run it again. Or: ${elsewhere}`,
    );
  say('building it from its Go sources, which takes about four minutes, once');
  const module = path.join(scratch, 'module');
  await mkdir(module, { recursive: true });
  await cp(path.join(here, 'temporal', 'module'), module, { recursive: true });
  const program = path.join(scratch, 'temporal');
  await runLogged(
    "building Temporal's dev server",
    'go',
    ['build', '-ldflags=-s -w', '-o', program, 'github.com/temporalio/cli/cmd/temporal'],
    {
      cwd: module,
      logFile: path.join(logs, 'temporal-build.log'),
      env: { ...env, GOFLAGS: '-mod=readonly', CGO_ENABLED: '0' },
      timeoutMs: 30 * 60_000,
      wayOut: elsewhere,
    },
  );
  return program;
}
