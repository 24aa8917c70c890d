import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EspalierError } from '@espalier/core';
import { digestOf } from '@espalier/core/node';

export const migrationsFolder = fileURLToPath(new URL('../../../../prisma/migrations', import.meta.url));

export interface MigrationFile {
  /** The folder's name, such as `20261121090000_begin`: its order is the order of application. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, as Prisma keeps it. */
  readonly checksum: string;
}

/** The migrations of a folder, in order. @throws EspalierError `BAD_INPUT` for one without its SQL file. */
export async function readMigrations(folder: string = migrationsFolder): Promise<MigrationFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return Promise.all(names.map((name) => readMigration(folder, name)));
}

async function readMigration(folder: string, name: string): Promise<MigrationFile> {
  const file = path.join(folder, name, 'migration.sql');
  try {
    const sql = await readFile(file, 'utf8');
    return { name, sql, checksum: digestOf(sql) };
  } catch (cause) {
    throw new EspalierError('BAD_INPUT', `the migration ${name} has no readable file ${file}`, {
      hint: 'Restore the file from version control.',
      cause,
    });
  }
}
