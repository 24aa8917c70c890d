import { runLogged } from './logged.mjs';
import path from 'node:path';
import { isExecutable } from './temporal/locate.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * The Chromium of the system: `ESPALIER_CHROMIUM`, else the first of its usual names on the PATH.
 * @param {NodeJS.ProcessEnv} [env] @returns {string | undefined}
 */
export function findChromium(env = process.env) {
  const folders = (env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const candidates = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return [env.ESPALIER_CHROMIUM ?? '', ...candidates].find((file) => file !== '' && isExecutable(file));
}

export const NO_CHROMIUM_WAY_OUT =
  'Install it (Debian, Ubuntu: `apt-get install chromium`; Fedora: `dnf install chromium`), or name one with ESPALIER_CHROMIUM=/path/to/chrome.';

/**
 * Gets Chromium for the browser tests from the distribution, where it is missing and we may. Without it those tests fail and say why; the
 * others need none.
 * @param {{logs: string, checkout: string, say: (text: string) => void}} options
 */
export async function ensureChromium({ logs, checkout, say }) {
  const found = findChromium();
  if (found !== undefined) return say(found);
  if (process.getuid?.() !== 0 || process.platform !== 'linux')
    return say(`there is none, and the browser tests need it. ${NO_CHROMIUM_WAY_OUT}`);
  say('installing it by apt-get');
  const options = {
    cwd: checkout,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeoutMs: 10 * 60_000,
    wayOut: NO_CHROMIUM_WAY_OUT,
  };
  try {
    await runLogged('refreshing the list of packages', 'apt-get', ['update', '-q'], {
      ...options,
      logFile: path.join(logs, 'apt-update.log'),
    });
    const args = ['install', '-q', '-y', '--no-install-recommends', 'chromium'];
    await runLogged('installing Chromium', 'apt-get', args, { ...options, logFile: path.join(logs, 'apt-install.log') });
    say(findChromium() ?? 'apt-get brought no program of that name');
  } catch (error) {
    say(`${error.message}\n  ${error.wayOut}`);
  }
}
