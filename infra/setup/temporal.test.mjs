import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureTemporal } from './temporal.mjs';
import { cachedTemporal } from './temporal/locate.mjs';

let folder;
let said;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'espalier-temporal-'));
  said = [];
});
afterEach(() => rm(folder, { recursive: true }));

async function script(file, body) {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${body}\n`);
  await chmod(file, 0o755);
  return file;
}

/** The download is given no time, so that every case here ends up at the compiler whatever the network is. */
const ensure = (env = {}) =>
  ensureTemporal({
    cache: path.join(folder, 'cache'),
    logs: path.join(folder, 'logs'),
    say: (text) => said.push(text),
    env: { PATH: `${path.join(folder, 'bin')}${path.delimiter}/usr/bin${path.delimiter}/bin`, HOME: folder, ...env },
    downloadMs: 1,
  });

/** A compiler that writes a program which answers to --version, and notes that it was called. */
const fakeGo = () =>
  script(
    path.join(folder, 'bin/go'),
    `[ "$1" = version ] && exit 0
echo built >> ${folder}/builds
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\\necho temporal version 1.5.1\\n' > "$2"`,
  );

const builds = async () => (await readFile(path.join(folder, 'builds'), 'utf8')).trim().split('\n').length;

describe('ensureTemporal', () => {
  it('needs no program where a server is named', async () => {
    expect(await ensure({ TEMPORAL_ADDRESS: 'temporal.example:7233' })).toBeUndefined();
    expect(said.join()).toContain('temporal.example:7233');
  });

  it('takes the program on the PATH', async () => {
    const program = await script(path.join(folder, 'bin/temporal'), 'exit 0');
    expect(await ensure()).toBe(program);
  });

  it('says what to install where there is neither a network nor a compiler', async () => {
    await script(path.join(folder, 'bin/go'), 'exit 127');
    await expect(ensure()).rejects.toMatchObject({
      name: 'SetupProblem',
      message: expect.stringContaining('no Go compiler'),
      wayOut: expect.stringMatching(/go\.dev.*TEMPORAL_ADDRESS/s),
    });
  });

  it('builds it once, and then takes it from the cache', async () => {
    await fakeGo();
    const program = await ensure();
    expect(program).toBe(cachedTemporal(path.join(folder, 'cache')));
    expect(await ensure()).toBe(program);
    expect(await builds()).toBe(1);
  });

  it('notices that the program in the cache was damaged, says so and gets it again', async () => {
    await fakeGo();
    const program = await ensure();
    await writeFile(program, '#!/bin/sh\n');
    await ensure();
    expect(said.join('\n')).toContain('is damaged and will be fetched again');
    expect(await readFile(program, 'utf8')).toContain('1.5.1');
    expect(await builds()).toBe(2);
  });

  it('takes over the lock of a set-up that was killed, and what it left half done', async () => {
    await fakeGo();
    const target = cachedTemporal(path.join(folder, 'cache'));
    await mkdir(path.join(path.dirname(target), 'part/module'), { recursive: true });
    await writeFile(`${path.dirname(target)}.lock`, JSON.stringify({ pid: 2 ** 22 - 1, started: '1', token: 'x' }));
    expect(await ensure()).toBe(target);
  });

  it('leaves nothing behind that could be taken for a program when the build fails', async () => {
    await script(path.join(folder, 'bin/go'), '[ "$1" = version ] && exit 0\necho "dial tcp: lookup proxy: no such host" >&2\nexit 1');
    await expect(ensure()).rejects.toMatchObject({
      message: expect.stringMatching(/network did not let it through.*temporal-build\.log/s),
    });
    await fakeGo();
    expect(await ensure()).toBe(cachedTemporal(path.join(folder, 'cache')));
  });
});
