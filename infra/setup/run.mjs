import { spawn } from 'node:child_process';

/**
 * Runs a program to its end, without a shell.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number}} [options]
 * @returns {Promise<{code: number | null, signal: string | null, stdout: string, stderr: string, missing: boolean, timedOut: boolean}>}
 *   `missing` is true when there is no such program
 */
export function run(program, args, { cwd, env = process.env, timeoutMs } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    const timer = timeoutMs && setTimeout(() => ((timedOut = true), child.kill('SIGKILL')), timeoutMs);
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('error', (error) => {
      clearTimeout(timer);
      if (error.code === 'ENOENT' || error.code === 'EACCES')
        resolve({ code: null, signal: null, stdout, stderr: error.message, missing: true, timedOut });
      else reject(error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr, missing: false, timedOut });
    });
  });
}

/** The last words of a program's error output, short enough for one message. @param {{stdout: string, stderr: string}} result */
export function lastWords({ stdout, stderr }, lines = 3) {
  const text = (stderr.trim() || stdout.trim()).split('\n').filter((line) => line.trim() !== '');
  return text.slice(-lines).join(' | ').slice(-600);
}
