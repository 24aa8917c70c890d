import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { knownProblem, SetupProblem } from './problem.mjs';

/**
 * Runs a tool with its output in a log file. One that fails is told of with its last lines and the file's name.
 * @param {string} what the step in words, such as `installing the npm packages`
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{cwd: string, logFile: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, wayOut?: string}} options
 */
export async function runLogged(what, program, args, { cwd, logFile, env = process.env, timeoutMs = 0, wayOut }) {
  await mkdir(path.dirname(logFile), { recursive: true });
  const { code, signal, timedOut, missing } = await toLog(program, args, { cwd, env, logFile, timeoutMs });
  if (code === 0) return;
  if (missing)
    throw new SetupProblem(
      `${what} failed: there is no program \`${program}\` on the PATH`,
      wayOut ?? `Install ${program} and run it again.`,
    );
  const output = await readFile(logFile, 'utf8');
  const known = knownProblem(output);
  const ending = timedOut
    ? `it took longer than ${timeoutMs / 60_000} minutes`
    : `\`${path.basename(program)}\` ended with ${signal ?? code}`;
  const lines = tellingLines(output).map((line) => `    ${line}`);
  throw new SetupProblem(
    `${what} failed: ${known?.what ?? ending}. From ${logFile}:\n${lines.join('\n')}`,
    known?.wayOut ?? wayOut ?? 'Read the log, mend what it names, and run it again.',
  );
}

/** The lines that most likely name the cause: from the first that speaks of an error, else the last ones. @param {string} output */
function tellingLines(output) {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const first = lines.findIndex((line) => /\berror\b/i.test(line));
  return first === -1 ? lines.slice(-8) : lines.slice(first, first + 8);
}

/** @returns {Promise<{code: number | null, signal: string | null, timedOut: boolean, missing: boolean}>} */
function toLog(program, args, { cwd, env, logFile, timeoutMs }) {
  return new Promise((resolve, reject) => {
    const log = createWriteStream(logFile);
    let timedOut = false;
    let missing = false;
    // A group of its own, so that giving up ends what the tool has started, too.
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const endGroup = () => child.pid !== undefined && killGroup(child.pid);
    const timer = timeoutMs > 0 ? setTimeout(() => ((timedOut = true), endGroup()), timeoutMs) : undefined;
    process.once('exit', endGroup);
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    child.once('error', (error) => {
      missing = error.code === 'ENOENT';
      if (!missing) reject(error);
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      process.off('exit', endGroup);
      log.end(() => resolve({ code, signal, timedOut, missing }));
    });
    log.once('error', reject);
  });
}

function killGroup(leader) {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
