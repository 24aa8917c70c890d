// Generates the Prisma client and the Pothos types into src/generated, without a network: a schema engine is only needed for migrations, and
// Prisma would try to download one.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const checkout = path.join(here, '..', '..');
const prismaFolder = path.dirname(createRequire(import.meta.url).resolve('prisma/package.json'));
const { status, error } = spawnSync(process.execPath, [path.join(prismaFolder, 'build', 'index.js'), 'generate'], {
  cwd: checkout,
  stdio: ['ignore', 'inherit', 'inherit'],
  env: {
    PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    ...process.env,
    // Prisma looks for the Pothos generator on the PATH; npm puts it there, plain `node generate.mjs` does not.
    PATH: [path.join(checkout, 'node_modules', '.bin'), process.env.PATH].join(path.delimiter),
  },
});
if (error) throw error;
process.exitCode = status ?? 1;
