import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SetupProblem } from '../problem.mjs';
import { downloadWheel, findPip, megabytes, requirementsOf, unpackWheel } from './wheel.mjs';

/** The TensorFlow release whose C library Espalier is tested with. */
export const TENSORFLOW_VERSION = '2.21.0';

/**
 * A TensorFlow C library on this machine.
 * @typedef {object} Library
 * @property {'named' | 'wheel'} origin
 * @property {string} lib the folder of the shared objects
 * @property {string} include the folder with `tensorflow/c/c_api.h`
 * @property {string[]} files the shared objects to link, by path
 */

/** The files under a wheel's name by which its C library and the headers of its C API go. */
const LIBRARY_FILES = ['tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'];
const HEADER_FOLDERS = ['tensorflow/include/tensorflow/c/', 'tensorflow/include/xla/tsl/c/'];
const HEADER_FILE = /^tensorflow\/include\/(tensorflow\/core|tsl)\/platform\/ctstring(_internal)?\.h$/;

/** Written last, so that a folder with it is complete. Lists each file with its size. */
const MANIFEST = 'manifest.json';

/**
 * The library that the user named: a folder with `lib/` and `include/`, as TensorFlow's own C library archives have.
 * @param {string} folder
 * @returns {Promise<Library>}
 * @throws {SetupProblem} when there is none
 */
export async function namedLibrary(folder) {
  const [lib, include] = [path.join(folder, 'lib'), path.join(folder, 'include')];
  const names = existsSync(lib) ? await readdir(lib) : [];
  const pick = (stem) => names.filter((name) => new RegExp(`^lib${stem}\\.so(\\.|$)`).test(name)).sort((a, b) => a.length - b.length)[0];
  const main = pick('tensorflow') ?? pick('tensorflow_cc');
  if (main === undefined || !existsSync(path.join(include, 'tensorflow/c/c_api.h')))
    throw new SetupProblem(
      `ESPALIER_TENSORFLOW names ${folder}, but there is no ${main === undefined ? 'lib/libtensorflow.so' : 'include/tensorflow/c/c_api.h'} in it`,
      'Name a folder with lib/ and include/, as TensorFlow’s C library has, or unset the variable.',
    );
  const framework = pick('tensorflow_framework');
  return { origin: 'named', lib, include, files: [main, framework].filter(Boolean).map((name) => path.join(lib, name)) };
}

/** @param {string} cache @param {'cpu' | 'cuda'} device */
export const libraryFolder = (cache, device) => path.join(cache, 'tensorflow', `${TENSORFLOW_VERSION}-${device}`);

/**
 * The library unpacked by an earlier setup, if it is whole.
 * @param {string} folder
 * @returns {Promise<Library | undefined>}
 */
export async function cachedLibrary(folder) {
  const manifest = await readFile(path.join(folder, MANIFEST), 'utf8').catch(() => undefined);
  if (manifest === undefined) return undefined;
  for (const [name, size] of Object.entries(JSON.parse(manifest))) {
    const found = await stat(path.join(folder, name)).catch(() => undefined);
    if (found?.size !== size) return undefined;
  }
  return wheelLibrary(folder);
}

/**
 * Downloads the library inside Python wheels and unpacks what is needed beside its place, then moves it there in one step.
 * @param {{folder: string, device: 'cpu' | 'cuda', say: (text: string) => void}} options
 * @returns {Promise<Library>}
 */
export async function installLibrary({ folder, device, say }) {
  const pip = await findPip();
  if (pip === undefined) throw new Error('there is neither pip nor python3 -m pip here (Debian and Ubuntu: apt-get install python3-pip)');
  const staging = `${folder}.unfinished`;
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  try {
    const downloads = path.join(staging, 'downloads');
    const requirement = `${device === 'cuda' ? 'tensorflow' : 'tensorflow-cpu'}==${TENSORFLOW_VERSION}`;
    const main = await fetchAndUnpack({ pip, requirement, downloads, staging, wanted: isNeededOfTensorFlow, say });
    const nvidia = device === 'cuda' ? main.requirements.filter((name) => /^nvidia-.*-cu12/.test(name)) : [];
    for (const wheel of nvidia) await fetchAndUnpack({ pip, requirement: wheel, downloads, staging, wanted: isNeededOfNvidia, say });
    await rm(downloads, { recursive: true, force: true });
    await writeFile(path.join(staging, MANIFEST), JSON.stringify(await sizesOf(staging), null, 1));
    await rm(folder, { recursive: true, force: true });
    await rename(staging, folder);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    if (error.code === 'ENOSPC')
      throw new Error(`the disk is full: TensorFlow needs 1.2 GB (with CUDA 8 GB) under ${path.dirname(folder)}`, { cause: error });
    throw error;
  }
  return wheelLibrary(folder);
}

/** A damaged download is thrown away and fetched once more before it is an error. */
async function fetchAndUnpack({ pip, requirement, downloads, staging, wanted, say }) {
  for (let attempt = 1; ; attempt++) {
    const wheel = await downloadWheel({ pip, requirement, folder: downloads, say });
    say(`unpacking ${path.basename(wheel)}`);
    try {
      const bytes = await unpackWheel(wheel, staging, wanted);
      const requirements = await requirementsOf(wheel);
      say(`unpacked and verified ${megabytes(bytes)} of ${path.basename(wheel)}`);
      return { requirements };
    } catch (error) {
      if (attempt === 2 || error.code === 'ENOSPC') throw error;
      say(`${error.message}; fetching it again`);
    } finally {
      await rm(path.dirname(wheel), { recursive: true, force: true });
    }
  }
}

/** @param {string} name */
function isNeededOfTensorFlow(name) {
  return (
    LIBRARY_FILES.includes(name) ||
    HEADER_FILE.test(name) ||
    (name.endsWith('.h') && HEADER_FOLDERS.some((folder) => name.startsWith(folder)))
  );
}

/** CUDA's shared objects, which TensorFlow's run path looks for in ../nvidia/<part>/lib, and the assembler and device library of nvcc. */
function isNeededOfNvidia(name) {
  return /^nvidia\/[^/]+\/lib\/[^/]+\.so[.\d]*$/.test(name) || /^nvidia\/cuda_nvcc\/(bin|nvvm)\//.test(name);
}

/** @returns {Library} */
function wheelLibrary(folder) {
  const lib = path.join(folder, 'tensorflow');
  return { origin: 'wheel', lib, include: path.join(lib, 'include'), files: LIBRARY_FILES.map((name) => path.join(folder, name)) };
}

async function sizesOf(folder) {
  const sizes = {};
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    const found = await stat(path.join(folder, name));
    if (found.isFile()) sizes[name] = found.size;
  }
  return sizes;
}
