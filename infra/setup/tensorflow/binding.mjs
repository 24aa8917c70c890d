import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { lastWords, run } from '../run.mjs';
import { TENSORFLOW_VERSION } from './library.mjs';

/** The oldest Node-API that the binding's sources use fully; newer Nodes keep it. */
export const NODE_API_VERSION = 8;

const SOURCES = ['tfjs_backend.cc', 'tfjs_binding.cc'];
/** What is compiled in front of them: it keeps Node-API on the JavaScript thread, and lets through what the binding has no argument for. */
const PREAMBLES = ['owned-tensors.h', 'graph-options.h'].map((name) => path.join(import.meta.dirname, name));
const COMPILER_FLAGS = ['-std=c++17', '-O2', '-fPIC', '-w', `-DNAPI_VERSION=${NODE_API_VERSION}`, '-DNODE_GYP_MODULE_NAME=tfjs_binding'];
/** With `now`, a symbol that the library lacks is found when the binding is loaded and tried, not in the middle of a training. */
const LINKER_FLAGS = ['-Wl,--no-as-needed', '-Wl,-z,now'];
const COMPILERS = ['g++', 'clang++', 'c++'];

/**
 * Where things of the npm packages lie in a checkout.
 * @param {string} checkout
 */
export function packagePaths(checkout) {
  const modules = path.join(checkout, 'node_modules');
  const packageFolder = path.join(modules, '@tensorflow', 'tfjs-node-gpu');
  return {
    packageFolder,
    sources: path.join(packageFolder, 'binding'),
    nodeHeaders: path.join(modules, 'node-api-headers', 'include'),
    binding: path.join(packageFolder, 'lib', `napi-v${NODE_API_VERSION}`, 'tfjs_binding.node'),
    /** Says which library the binding beside it was built for. */
    note: path.join(packageFolder, 'lib', `napi-v${NODE_API_VERSION}`, 'espalier.json'),
  };
}

/**
 * Names a built binding by everything that went into it.
 * @param {{checkout: string, library: import('./library.mjs').Library, device: string}} options
 */
export async function bindingKey({ checkout, library, device }) {
  const { sources } = packagePaths(checkout);
  const hash = createHash('sha256');
  const platform = `${process.platform}-${process.arch}`;
  hash.update(JSON.stringify([TENSORFLOW_VERSION, device, platform, library.lib, COMPILER_FLAGS, LINKER_FLAGS]));
  for (const preamble of PREAMBLES) hash.update(await readFile(preamble));
  for (const name of (await readdir(sources)).sort()) hash.update(name).update(await readFile(path.join(sources, name)));
  if (library.origin === 'named') {
    for (const file of library.files) {
      const { size, mtimeMs } = await stat(file);
      hash.update(`${file}:${size}:${mtimeMs}`);
    }
  }
  return hash.digest('hex').slice(0, 24);
}

/**
 * Compiles and links the binding of the npm package against `library`, straight with the compiler: Node-API needs no headers of Node itself.
 * @param {{checkout: string, library: import('./library.mjs').Library, target: string, say: (text: string) => void}} options
 */
export async function buildBinding({ checkout, library, target, say }) {
  const compiler = await findCompiler();
  const { sources, nodeHeaders } = packagePaths(checkout);
  const scratch = `${path.dirname(target)}.${randomUUID()}`;
  await mkdir(scratch, { recursive: true });
  try {
    say(`compiling the TensorFlow binding with ${compiler}`);
    const includes = [`-I${library.include}`, `-I${nodeHeaders}`];
    const objects = await Promise.all(
      SOURCES.map(async (source) => {
        const object = path.join(scratch, `${source}.o`);
        await compile(compiler, [
          ...COMPILER_FLAGS,
          ...includes,
          ...PREAMBLES.flatMap((preamble) => ['-include', preamble]),
          '-c',
          path.join(sources, source),
          '-o',
          object,
        ]);
        return object;
      }),
    );
    const linked = path.join(scratch, 'tfjs_binding.node');
    const stubs = await Promise.all(library.files.map((file) => makeStub(compiler, scratch, path.basename(file))));
    await compile(compiler, ['-shared', '-o', linked, ...objects, `-Wl,-rpath,${library.lib}`, ...LINKER_FLAGS, ...stubs]);
    await mkdir(path.dirname(target), { recursive: true });
    await rename(linked, target);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * Loads a binding in a process of its own, so that a crash of the library (an instruction this processor lacks, a missing symbol) is an answer.
 * @param {string} binding
 * @param {'cpu' | 'cuda'} device
 * @returns {Promise<{version: string, gpu: boolean}>}
 */
export async function tryBinding(binding, device) {
  const script = `
    const binding = require(${JSON.stringify(binding)});
    const id = binding.createTensor([2], binding.TF_FLOAT, new Float32Array([1, 2]));
    const type = { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
    const [sum] = binding.executeOp('AddV2', [type], [id, id], 1);
    if (binding.tensorDataSync(sum.id).join() !== '2,4') throw new Error('TensorFlow cannot add');
    console.log(JSON.stringify({ version: binding.TF_Version, gpu: binding.isUsingGpuDevice() }));`;
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2', TF_ENABLE_ONEDNN_OPTS: '1', TF_FORCE_GPU_ALLOW_GROWTH: 'true' };
  if (device === 'cpu') env.CUDA_VISIBLE_DEVICES = '-1';
  const result = await run(process.execPath, ['-e', script], { env, timeoutMs: 120_000 });
  const answer = /^\{.*\}$/m.exec(result.stdout);
  if (result.code === 0 && answer) return JSON.parse(answer[0]);
  if (result.signal === 'SIGILL') throw new Error('this processor lacks instructions that TensorFlow was built with (AVX)');
  const reason = /Error: (.*)/.exec(result.stderr)?.[1] ?? lastWords(result);
  throw new Error(
    `TensorFlow does not load: ${result.timedOut ? 'no answer within two minutes' : reason || `ended by ${result.signal ?? result.code}`}`,
  );
}

/** Puts a built binding where the npm package looks for it, whole or not at all. @param {string} built @param {string} place */
export async function placeBinding(built, place) {
  await mkdir(path.dirname(place), { recursive: true });
  const beside = `${place}.${randomUUID()}`;
  await copyFile(built, beside);
  await rename(beside, place);
}

/**
 * An empty library of the real one's name. The linker needs no more to note that the binding needs it; from the real one it would first
 * read the hundreds of megabytes of its symbols, which takes ten times as long as all the rest.
 */
async function makeStub(compiler, scratch, name) {
  const [source, stub] = [path.join(scratch, `${name}.cc`), path.join(scratch, name)];
  await writeFile(source, '');
  await compile(compiler, ['-shared', '-fPIC', `-Wl,-soname,${name}`, '-o', stub, source]);
  return stub;
}

async function findCompiler() {
  const candidates = process.env.CXX ? [process.env.CXX, ...COMPILERS] : COMPILERS;
  for (const candidate of candidates) {
    const { code } = await run(candidate, ['--version'], { timeoutMs: 20_000 });
    if (code === 0) return candidate;
  }
  throw new Error(`there is no C++ compiler to build the TensorFlow binding with; ${howToGetCompiler()}, then run this again`);
}

async function compile(compiler, args) {
  const result = await run(compiler, args);
  if (result.code !== 0) throw new Error(`${compiler} failed on the TensorFlow binding: ${lastWords(result)}`);
}

function howToGetCompiler() {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const families = [...release.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].flatMap((match) => match[1].split(' '));
  if (families.includes('debian') || families.includes('ubuntu')) return 'install one with `apt-get install g++`';
  if (families.includes('fedora') || families.includes('rhel')) return 'install one with `dnf install gcc-c++`';
  if (families.includes('suse') || families.includes('opensuse')) return 'install one with `zypper install gcc-c++`';
  if (families.includes('arch')) return 'install one with `pacman -S gcc`';
  if (families.includes('alpine')) return 'install one with `apk add g++`';
  return 'install g++ or clang++';
}
