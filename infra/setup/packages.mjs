import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { runLogged } from './logged.mjs';

/**
 * Why `node_modules` is not what the lockfile asks for; undefined where it is. npm notes what it has installed at the end of its work, so
 * an installation that was killed has no note.
 * @param {string} checkout
 * @returns {Promise<string | undefined>}
 */
export async function packagesDiffer(checkout) {
  const noteFile = path.join(checkout, 'node_modules', '.package-lock.json');
  if (!existsSync(noteFile)) return 'nothing is installed yet';
  const [wanted, installed] = await Promise.all([path.join(checkout, 'package-lock.json'), noteFile].map(readPackages));
  for (const [place, entry] of Object.entries(wanted)) {
    if (!place.includes('node_modules/') || entry.link) continue;
    const found = installed[place];
    // Packages for other platforms stay in the lockfile only.
    if (found === undefined && (entry.optional || entry.devOptional)) continue;
    if (found?.version !== entry.version) return `${place} is ${found?.version ?? 'missing'}, the lockfile says ${entry.version}`;
    if (!existsSync(path.join(checkout, place, 'package.json'))) return `${place} is missing`;
  }
  return undefined;
}

/** @param {string} file @returns {Promise<Record<string, {version?: string, link?: boolean, optional?: boolean, devOptional?: boolean}>>} */
async function readPackages(file) {
  return JSON.parse(await readFile(file, 'utf8')).packages;
}

/** Installs the npm packages of the lockfile, if they are not all there. @param {{checkout: string, logs: string, say: (text: string) => void}} options */
export async function ensurePackages({ checkout, logs, say }) {
  const reason = await packagesDiffer(checkout);
  if (reason === undefined) return say('in place');
  say(`installing from the lockfile, which takes one to two minutes (${reason})`);
  // The npm that started us, where there is one; `ci` removes what is there first, so a broken installation mends itself.
  const [program, ...before] = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const args = [...before, 'ci', '--include=dev', '--include=optional', '--ignore-scripts', '--no-audit', '--no-fund'];
  await runLogged('installing the npm packages', program, args, {
    cwd: checkout,
    logFile: path.join(logs, 'npm-ci.log'),
    timeoutMs: 20 * 60_000,
  });
  const still = await packagesDiffer(checkout);
  if (still !== undefined) throw new Error(`npm ci succeeded, yet ${still}`);
  say('installed');
}
