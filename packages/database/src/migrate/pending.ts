import { EspalierError } from '@espalier/core';
import type { MigrationFile } from './files.ts';
import type { AppliedMigration } from './history.ts';

/**
 * The migrations that a database still lacks, in order.
 * @throws EspalierError `CONFLICT` when the database and the files tell different stories: a migration that was changed after it was applied,
 * one that failed and was left half-way, or one that this version of Espalier does not know.
 */
export function pendingMigrations(files: readonly MigrationFile[], history: readonly AppliedMigration[]): MigrationFile[] {
  const standing = history.filter(({ rolledBack }) => !rolledBack);
  const failed = standing.find(({ finished }) => !finished);
  if (failed !== undefined) {
    throw new EspalierError('CONFLICT', `the migration ${failed.name} began and never ended${failed.logs ? `: ${failed.logs}` : ''}`, {
      hint: `Bring the database to the state after or before it, then say which by \`prisma migrate resolve --applied ${failed.name}\` or \`--rolled-back ${failed.name}\`.`,
    });
  }
  for (const { name, checksum } of standing) {
    const file = files.find((candidate) => candidate.name === name);
    if (file === undefined) {
      throw new EspalierError('CONFLICT', `the database has the migration ${name}, which this version of Espalier does not know`, {
        hint: 'Use the version of Espalier that made the database, or a newer one.',
      });
    }
    if (file.checksum !== checksum) {
      throw new EspalierError('CONFLICT', `the migration ${name} was changed after it had been applied to this database`, {
        hint: 'Restore the file from version control, and put the change into a new migration.',
      });
    }
  }
  const applied = new Set(standing.map(({ name }) => name));
  return files.filter(({ name }) => !applied.has(name));
}
