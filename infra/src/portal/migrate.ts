import { EspalierError } from '@espalier/core';
import { runProgram } from '../run-program.ts';

const SCRIPT = `
import { migrate } from '@espalier/database';
migrate(process.env.DATABASE_URL).then(
  (applied) => console.log(JSON.stringify(applied)),
  (error) => { console.error(error.hint === undefined ? error : error.message + '\\n' + error.hint); process.exitCode = 1; },
);
`;

/** Brings the database to this checkout's schema, in a process of its own: what starts the services knows nothing of what they store. */
export async function migrateDatabase(checkout: string, databaseUrl: string): Promise<void> {
  const args = ['--import', 'tsx', '--input-type=module', '--eval', SCRIPT];
  const outcome = await runProgram(process.execPath, args, { cwd: checkout, env: { ...process.env, DATABASE_URL: databaseUrl } });
  if (outcome.code !== 0)
    throw new EspalierError(
      'UNAVAILABLE',
      `the database could not be brought up to date: ${outcome.stderr.trim().split('\n').slice(-12).join('\n')}`,
    );
}
