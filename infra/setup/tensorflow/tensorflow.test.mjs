import { cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultCache } from '../temporal/locate.mjs';
import { installTensorFlow } from '../tensorflow.mjs';
import { packagePaths } from './binding.mjs';
import { libraryFolder } from './library.mjs';

const ownCheckout = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const ownCache = path.resolve(defaultCache());

let checkout;
let said;
const say = (text) => said.push(text);

/** A checkout with just the npm packages that the binding is built from, as fresh from `npm ci`. */
beforeEach(async () => {
  said = [];
  checkout = await mkdtemp(path.join(tmpdir(), 'espalier-checkout-'));
  const [from, to] = [packagePaths(ownCheckout), packagePaths(checkout)];
  await cp(from.sources, to.sources, { recursive: true });
  await mkdir(path.dirname(path.dirname(to.nodeHeaders)), { recursive: true });
  await symlink(path.dirname(from.nodeHeaders), path.dirname(to.nodeHeaders));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(checkout, { recursive: true, force: true });
});

/** A cache of its own that has the library, but no binding. */
async function cacheWithLibrary() {
  const cache = path.join(checkout, 'cache');
  await mkdir(path.join(cache, 'tensorflow'), { recursive: true });
  await symlink(libraryFolder(ownCache, 'cpu'), libraryFolder(cache, 'cpu'));
  return cache;
}

describe('installing TensorFlow', () => {
  it('needs no compiler and no pip where the cache is warm, and nothing at all the second time', async () => {
    await installTensorFlow({ checkout, cache: ownCache, device: 'cpu', say });
    await rm(path.dirname(packagePaths(checkout).binding), { recursive: true });
    vi.stubEnv('PATH', '/nonexistent');
    said = [];
    const outcome = await installTensorFlow({ checkout, cache: ownCache, device: 'cpu', say });
    expect(outcome).toMatchObject({ backend: 'tensorflow', version: '2.21.0', warning: null });
    expect(said).toEqual([expect.stringContaining('TensorFlow 2.21.0 is ready')]);
    said = [];
    expect(await installTensorFlow({ checkout, cache: ownCache, device: 'cpu', say })).toEqual(outcome);
    expect(said).toEqual([]);
  });

  it('names the missing compiler and how to get it, and falls back with the price', async () => {
    vi.stubEnv('PATH', '/nonexistent');
    const outcome = await installTensorFlow({ checkout, cache: await cacheWithLibrary(), device: 'cpu', say });
    expect(outcome.backend).toBe('wasm');
    expect(outcome.warning).toMatch(/no C\+\+ compiler.*install .*WebAssembly.*slower/);
  });

  it('names pip when it is missing', async () => {
    vi.stubEnv('PATH', '/nonexistent');
    const outcome = await installTensorFlow({ checkout, cache: path.join(checkout, 'empty'), device: 'cpu', say });
    expect(outcome).toMatchObject({ backend: 'wasm', warning: expect.stringContaining('neither pip nor python3 -m pip') });
  });

  it('builds the binding anew when the cached one does not load', { timeout: 180_000 }, async () => {
    const cache = await cacheWithLibrary();
    await installTensorFlow({ checkout, cache, device: 'cpu', say });
    const { binding, note } = packagePaths(checkout);
    const { key } = JSON.parse(await readFile(note, 'utf8'));
    const built = path.join(cache, 'tensorflow', 'bindings', key, 'tfjs_binding.node');
    const whole = (await stat(built)).size;
    await Promise.all([writeFile(built, 'half a file'), rm(binding)]);
    expect(await installTensorFlow({ checkout, cache, device: 'cpu', say })).toMatchObject({ backend: 'tensorflow' });
    expect((await stat(built)).size).toBe(whole);
  });

  it('takes the library that the user names, and stops when there is none', { timeout: 180_000 }, async () => {
    const named = path.join(checkout, 'named');
    const library = path.join(libraryFolder(ownCache, 'cpu'), 'tensorflow');
    await mkdir(named);
    await symlink(library, path.join(named, 'lib'));
    await symlink(path.join(library, 'include'), path.join(named, 'include'));
    vi.stubEnv('ESPALIER_TENSORFLOW', named);
    const outcome = await installTensorFlow({ checkout, cache: path.join(checkout, 'cache'), device: 'cpu', say });
    expect(outcome).toMatchObject({ backend: 'tensorflow', library: path.join(named, 'lib') });
    vi.stubEnv('ESPALIER_TENSORFLOW', checkout);
    await expect(installTensorFlow({ checkout, cache: ownCache, device: 'cpu', say })).rejects.toThrow(
      `ESPALIER_TENSORFLOW names ${checkout}`,
    );
  });
});
