import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { buildPortal, generateCode } from './generated.mjs';
import { withLock } from './lock.mjs';
import { lacking, usableMemory } from './machine.mjs';
import { ensurePackages } from './packages.mjs';
import { SetupProblem } from './problem.mjs';
import { ensureTemporal } from './temporal.mjs';
import { defaultCache } from './temporal/locate.mjs';
import { installTensorFlow } from './tensorflow.mjs';

/** Below this much memory the portal's build and Temporal's are not run at the same time. */
const MEMORY_FOR_PARALLEL_BUILDS = 7 * 2 ** 30;

/**
 * Brings a checkout to where its services can start: npm packages, native TensorFlow, Temporal's dev server, generated code, the portal's
 * build. What is there already is left alone. PostgreSQL comes with the npm packages.
 * @param {{checkout: string, home: string, voice: import('./voice.mjs').Voice}} options
 */
export async function prepare({ checkout, home, voice }) {
  const cache = path.resolve(defaultCache());
  const logs = path.join(home, 'logs');
  const missing = await lacking({ checkout, cache, home });
  if (missing.length > 0) throw new SetupProblem(missing.join('\n'), 'Then run it again.');
  await mkdir(logs, { recursive: true });
  await withLock(
    path.join(home, 'setup.lock'),
    () => prepareAlone({ checkout, cache, logs, voice }),
    (holder) => voice.say(`waiting for another set-up of this checkout (process ${holder})`),
  );
}

async function prepareAlone({ checkout, cache, logs, voice }) {
  await voice.step('npm packages', (say) => ensurePackages({ checkout, logs, say }));
  const tensorFlow = () =>
    voice.step('TensorFlow', async (say) => {
      const device = process.env.ESPALIER_DEVICE === 'cuda' ? 'cuda' : 'cpu';
      let silent = true;
      const speak = (text) => {
        silent = false;
        say(text);
      };
      const { version } = await installTensorFlow({ checkout, cache, device, say: speak });
      if (silent) say(`version ${version} is in place`);
    });
  const temporal = () => voice.step('Temporal', (say) => ensureTemporal({ cache, logs, say }));
  const portal = async () => {
    await voice.step('generated code', (say) => generateCode({ checkout, logs, say }));
    await voice.step('portal', (say) => buildPortal({ checkout, logs, say }));
  };
  if (usableMemory() >= MEMORY_FOR_PARALLEL_BUILDS) await allOf([temporal(), tensorFlow(), portal()]);
  else for (const task of [tensorFlow, portal, temporal]) await task();
}

/** Waits for every one of them, also when one fails: what the others have got is then kept for the next start. */
async function allOf(tasks) {
  const outcomes = await Promise.allSettled(tasks);
  const failed = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason);
  if (failed.length === 0) return;
  const bug = failed.find((reason) => !(reason instanceof SetupProblem));
  if (bug !== undefined || failed.length === 1) throw bug ?? failed[0];
  throw new SetupProblem(failed.map(({ message, wayOut }) => `${message}\n  ${wayOut}`).join('\n'), 'Each can be mended on its own.');
}
