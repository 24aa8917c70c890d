// Builds the portal and makes the standalone server whole: Next leaves the static files for a web server to bring, and here is none.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const next = path.join(here, '../../node_modules/next/dist/bin/next');

const build = spawnSync(process.execPath, [next, 'build'], {
  cwd: here,
  stdio: 'inherit',
  env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' },
});
if (build.status !== 0) process.exit(build.status ?? 1);

const standalone = path.join(here, '.next/standalone/apps/web');
cpSync(path.join(here, '.next/static'), path.join(standalone, '.next/static'), { recursive: true });
if (existsSync(path.join(here, 'public'))) cpSync(path.join(here, 'public'), path.join(standalone, 'public'), { recursive: true });
