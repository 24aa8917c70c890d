import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensurePackages, packagesDiffer } from './packages.mjs';

const lockfile = {
  packages: {
    '': { name: 'example' },
    'node_modules/one': { version: '1.2.3' },
    'node_modules/one/node_modules/two': { version: '2.0.0' },
    'node_modules/for-another-platform': { version: '1.0.0', optional: true },
    'node_modules/@example/workspace': { link: true },
  },
};

let checkout;
let npmBefore;
beforeEach(async () => {
  checkout = await mkdtemp(path.join(os.tmpdir(), 'espalier-packages-'));
  await writeFile(path.join(checkout, 'package-lock.json'), JSON.stringify(lockfile));
  npmBefore = process.env.npm_execpath;
});
afterEach(async () => {
  if (npmBefore === undefined) delete process.env.npm_execpath;
  else process.env.npm_execpath = npmBefore;
  await rm(checkout, { recursive: true });
});

async function install(packages) {
  for (const place of Object.keys(packages)) {
    await mkdir(path.join(checkout, place), { recursive: true });
    await writeFile(path.join(checkout, place, 'package.json'), '{}');
  }
  await writeFile(path.join(checkout, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }));
}

/** A program in npm's place that writes to its error output and ends with `code`, after running `body`. */
async function fakeNpm(words, code, body = '') {
  process.env.npm_execpath = path.join(checkout, 'npm.mjs');
  await writeFile(process.env.npm_execpath, `${body}\nconsole.error(${JSON.stringify(words)});\nprocess.exitCode = ${code};\n`);
}

const ensure = () => ensurePackages({ checkout, logs: path.join(checkout, 'logs'), say: () => undefined });

const whole = { 'node_modules/one': { version: '1.2.3' }, 'node_modules/one/node_modules/two': { version: '2.0.0' } };

describe('packagesDiffer', () => {
  it('is content with what the lockfile asks for on this platform', async () => {
    await install(whole);
    expect(await packagesDiffer(checkout)).toBeUndefined();
  });

  it('notices an installation that never ended, another version, and a folder that was removed', async () => {
    expect(await packagesDiffer(checkout)).toMatch(/nothing is installed/);
    await install({ ...whole, 'node_modules/one': { version: '1.2.4' } });
    expect(await packagesDiffer(checkout)).toBe('node_modules/one is 1.2.4, the lockfile says 1.2.3');
    await install(whole);
    await rm(path.join(checkout, 'node_modules/one/node_modules/two'), { recursive: true });
    expect(await packagesDiffer(checkout)).toBe('node_modules/one/node_modules/two is missing');
  });
});

describe('ensurePackages', () => {
  it('does not call npm when everything is there', async () => {
    await install(whole);
    await fakeNpm('must not be called', 1);
    await ensure();
  });

  it('says that the network is to blame, shows the end of the log and names it', async () => {
    await fakeNpm('npm error code ENOTFOUND\nnpm error network request to https://registry.example/one failed', 1);
    await expect(ensure()).rejects.toMatchObject({
      name: 'SetupProblem',
      message: expect.stringMatching(/network did not let it through.*npm-ci\.log:\n.*ENOTFOUND/s),
      wayOut: expect.stringContaining('HTTPS_PROXY'),
    });
    expect(await readFile(path.join(checkout, 'logs/npm-ci.log'), 'utf8')).toContain('registry.example');
  });

  it('says that the disk is full', async () => {
    await fakeNpm('npm error ENOSPC: no space left on device, write', 1);
    await expect(ensure()).rejects.toMatchObject({ message: expect.stringContaining('the disk is full') });
  });

  it('goes on where an installation was killed', async () => {
    await mkdir(path.join(checkout, 'node_modules', 'one'), { recursive: true });
    const packages = JSON.stringify({ packages: whole });
    const places = JSON.stringify(Object.keys(whole));
    const body = `import { mkdirSync, writeFileSync } from 'node:fs';
for (const place of ${places}) { mkdirSync(place, { recursive: true }); writeFileSync(place + '/package.json', '{}'); }
writeFileSync('node_modules/.package-lock.json', ${JSON.stringify(packages)});`;
    await fakeNpm('', 0, body);
    await ensure();
    expect(await packagesDiffer(checkout)).toBeUndefined();
  });
});
