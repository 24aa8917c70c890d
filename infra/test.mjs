// npm test: sets up as npm start does, checks types, lint and formatting, and runs every test. Plain Node.
import { spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { checkout, complain, homeOf, refuseUnsupportedNode } from './setup/entry.mjs';

const HELP = `npm test [-- options] [part of a test file's path …]

  --long    also the tests that take minutes (*.long.test.ts)
  --help    this text

Ends with "N passed, N failed"; a check (types, lint, formatting) counts as one test. Naming files leaves the checks out.`;

const words = process.argv.slice(2);
const long = words.includes('--long');
const files = words.filter((word) => !word.startsWith('-'));
const unknown = words.find((word) => word.startsWith('-') && !['--long', '--help'].includes(word));
if (unknown !== undefined) {
  console.error(`espalier: npm test knows no "${unknown}".\n\n${HELP}`);
  process.exit(2);
}
if (words.includes('--help')) {
  console.log(HELP);
  process.exit(0);
}

await refuseUnsupportedNode();
const { countResults } = await import('./setup/count-results.mjs');
let passed = 0;
let failed = 0;
try {
  await setUp();
  for (const check of files.length === 0 ? ['typecheck', 'lint', 'format:check'] : []) {
    const ok = (await show('npm', ['run', '--silent', check])) === 0;
    console.log(`${ok ? 'passed' : 'FAILED'}: npm run ${check}`);
    if (ok) passed += 1;
    else failed += 1;
  }
  const results = await runVitest();
  passed += results.passed;
  failed += results.failed;
} catch (error) {
  failed += 1;
  complain(error);
}
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
console.log(`${passed} passed, ${failed} failed`);

async function setUp() {
  const [{ prepare }, { createVoice }, { ensureChromium }] = await Promise.all(
    ['./setup/prepare.mjs', './setup/voice.mjs', './setup/chromium.mjs'].map((module) => import(module)),
  );
  const home = homeOf();
  const voice = createVoice();
  await prepare({ checkout, home, voice });
  await voice.step('Chromium', (say) => ensureChromium({ checkout, logs: path.join(home, 'logs'), say }));
}

async function runVitest() {
  const outputFile = path.join(homeOf(), 'logs', 'test-results.json');
  await mkdir(path.dirname(outputFile), { recursive: true });
  await rm(outputFile, { force: true });
  const vitest = path.join(checkout, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${outputFile}`, ...files];
  const exitCode = await show(process.execPath, args, long ? { ESPALIER_LONG_TESTS: '1' } : {});
  return countResults(await readFile(outputFile, 'utf8').catch(() => undefined), exitCode);
}

/** Runs a program that speaks for itself. @returns {Promise<number>} its exit code */
function show(program, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: checkout, env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}
