import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';
import { lastWords, run } from './run.mjs';
import { defaultCache } from './temporal/locate.mjs';
import { bindingKey, buildBinding, packagePaths, placeBinding, tryBinding } from './tensorflow/binding.mjs';
import { cachedLibrary, installLibrary, libraryFolder, namedLibrary, TENSORFLOW_VERSION } from './tensorflow/library.mjs';

/** What running without native TensorFlow costs, measured as one training step of a ResNet-20. */
const FALLBACK_PRICE =
  'Until that is mended and `npm run setup` has run again, TF.js computes with its WebAssembly backend, which trains tens of times slower and sees no GPU';

/**
 * What setup arrived at.
 * @typedef {object} Outcome
 * @property {'tensorflow' | 'wasm'} backend
 * @property {string | null} version of TensorFlow
 * @property {string | null} library the folder of its shared objects
 * @property {string | null} warning what is not as asked for, and what it costs
 */

/**
 * Gets the native TensorFlow library and builds its binding into `node_modules`, in this order: the library that `ESPALIER_TENSORFLOW`
 * names, the one in the cache, the one inside the Python wheel, the npm package's own download; else TF.js computes with WebAssembly.
 * Safe to run again and at the same time by several checkouts; everything large lies in `cache`.
 *
 * @param {{checkout: string, cache: string, device: 'cpu' | 'cuda', say: (text: string) => void}} options
 * @returns {Promise<Outcome>}
 * @throws when `ESPALIER_TENSORFLOW` names a folder without a library: what the user asks for by name is never replaced by something else
 */
export async function installTensorFlow({ checkout, cache, device, say }) {
  if (!existsSync(packagePaths(checkout).sources))
    throw new Error(`${checkout}/node_modules has no @tensorflow/tfjs-node-gpu: run npm ci first`);
  const named = process.env.ESPALIER_TENSORFLOW ? await namedLibrary(path.resolve(process.env.ESPALIER_TENSORFLOW)) : undefined;
  const placed = await placedBinding({ checkout, cache, device, named });
  if (placed !== undefined) return placed;
  const lock = path.join(cache, 'tensorflow', `${TENSORFLOW_VERSION}-${device}.lock`);
  return withLock(
    lock,
    () => install({ checkout, cache, device, named, say }),
    (holder) => say(`waiting for another setup (process ${holder}) that is installing TensorFlow`),
  );
}

async function install({ checkout, cache, device, named, say }) {
  let library = named;
  try {
    library ??= await findLibrary({ cache, device, say });
    return await installBinding({ checkout, cache, device, library, say });
  } catch (error) {
    say(`native TensorFlow ${TENSORFLOW_VERSION} is not to be had: ${error.message}`);
    const { binding, note } = packagePaths(checkout);
    await Promise.all([rm(binding, { force: true }), rm(note, { force: true })]);
    const reason = error.message;
    // The npm package's own archive holds an older TensorFlow. It needs no compiler, but no library that is there helps it to load one.
    const older = library === undefined || /compiler/.test(reason) ? await npmDownload({ checkout, device, say }) : undefined;
    if (older !== undefined) return older;
    const warning = `${reason}. ${FALLBACK_PRICE}.`;
    say(`warning: ${warning}`);
    return { backend: 'wasm', version: null, library: null, warning };
  }
}

async function findLibrary({ cache, device, say }) {
  const folder = libraryFolder(cache, device);
  const cached = await cachedLibrary(folder);
  if (cached !== undefined) return cached;
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch))
    throw new Error(`there is no TensorFlow C library for ${process.platform} on ${process.arch} among the Python wheels`);
  return installLibrary({ folder, device, say });
}

async function installBinding({ checkout, cache, device, library, say }) {
  const key = await bindingKey({ checkout, library, device });
  const built = path.join(cache, 'tensorflow', 'bindings', key, 'tfjs_binding.node');
  const tried = await buildAndTry({ checkout, library, built, device, say });
  const { binding, note } = packagePaths(checkout);
  await placeBinding(built, binding);
  const warning =
    device === 'cuda' && !tried.gpu ? 'ESPALIER_DEVICE is cuda, but TensorFlow finds no CUDA device: it computes on the CPU' : null;
  await writeNote(note, { key, device, version: tried.version, library: library.lib, warning });
  say(`TensorFlow ${tried.version} is ready (${tried.gpu ? 'CUDA' : 'CPU'}, ${library.lib})`);
  if (warning !== null) say(`warning: ${warning}`);
  return { backend: 'tensorflow', version: tried.version, library: library.lib, warning };
}

/** Builds the binding where the cache has none, and tries it; one from the cache that does not load is built once more. */
async function buildAndTry({ checkout, library, built, device, say }) {
  const fromCache = existsSync(built);
  if (!fromCache) await buildBinding({ checkout, library, target: built, say });
  try {
    return await tryBinding(built, device);
  } catch (error) {
    await rm(path.dirname(built), { recursive: true, force: true });
    if (!fromCache) throw error;
    say(`the cached binding is of no use (${error.message})`);
    return buildAndTry({ checkout, library, built, device, say });
  }
}

/** The binding of an earlier setup in this `node_modules`, if it is the one wanted now and its library is still there. */
async function placedBinding({ checkout, cache, device, named }) {
  const { binding, note } = packagePaths(checkout);
  if (!existsSync(binding) || !existsSync(note)) return undefined;
  const library = named ?? (await cachedLibrary(libraryFolder(cache, device)));
  if (library === undefined) return undefined;
  const noted = parseNote(await readFile(note, 'utf8'));
  if (noted?.key !== (await bindingKey({ checkout, library, device }))) return undefined;
  return { backend: 'tensorflow', version: noted.version, library: noted.library, warning: noted.warning };
}

/** Whole or not at all: the backend reads it whenever it opens. */
async function writeNote(file, note) {
  await writeFile(`${file}.new`, JSON.stringify(note, null, 1));
  await rename(`${file}.new`, file);
}

function parseNote(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The way the npm package itself takes: TensorFlow 2.9 and a ready binding, from hosts that closed networks lack. */
async function npmDownload({ checkout, device, say }) {
  const { packageFolder, binding, note } = packagePaths(checkout);
  say('trying the older TensorFlow that the npm package downloads');
  const env = { ...process.env, PATH: `${path.join(checkout, 'node_modules', '.bin')}${path.delimiter}${process.env.PATH}` };
  const script = path.join('scripts', 'install.js');
  const result = await run(process.execPath, [script, device === 'cuda' ? 'gpu' : 'cpu', 'download'], {
    cwd: packageFolder,
    env,
    timeoutMs: 300_000,
  });
  try {
    if (!existsSync(binding)) throw new Error(/Error: .*/.exec(result.stderr)?.[0] ?? (lastWords(result) || 'it left no binding'));
    const { version } = await tryBinding(binding, device);
    const library = path.join(packageFolder, 'deps', 'lib');
    const warning = `TensorFlow ${version} of the npm package is in use, not ${TENSORFLOW_VERSION}`;
    await mkdir(path.dirname(note), { recursive: true });
    await writeNote(note, { key: 'npm', device, version, library, warning });
    say(`TensorFlow ${version} is ready (${library})`);
    return { backend: 'tensorflow', version, library, warning };
  } catch (error) {
    say(`that does not work either: ${error.message}`);
    await rm(binding, { force: true });
    await rm(path.join(packageFolder, 'deps'), { recursive: true, force: true });
    return undefined;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const checkout = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
  const device = process.env.ESPALIER_DEVICE === 'cuda' ? 'cuda' : 'cpu';
  const { backend } = await installTensorFlow({ checkout, cache: defaultCache(), device, say: (text) => console.log(text) });
  process.exitCode = backend === 'tensorflow' ? 0 : 1;
}
