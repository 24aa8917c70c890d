import { appendFile, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { testDatabase } from '@espalier/testing';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSchemaEngine } from '../schema-engine/engine.ts';
import { migrationsFolder, readMigrations } from './files.ts';
import { migrate } from './migrate.ts';

describe('migrating a database', () => {
  let url: string;
  let client: Client;
  let folder: string;
  beforeEach(async () => {
    ({ url } = await testDatabase({ migrated: false }));
    client = new Client({ connectionString: url });
    await client.connect();
    folder = await mkdtemp(path.join(tmpdir(), 'espalier-migrations-'));
  });
  afterEach(async () => {
    await client.end();
    await rm(folder, { recursive: true });
  });

  const add = async (name: string, sql: string): Promise<void> => {
    await mkdir(path.join(folder, name), { recursive: true });
    await writeFile(path.join(folder, name, 'migration.sql'), sql);
  };
  const tables = async (): Promise<string[]> => {
    const { rows } = await client.query<{ tablename: string }>(
      `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '\\_%' ORDER BY tablename`,
    );
    return rows.map(({ tablename }) => tablename);
  };

  it('applies each migration once, whoever calls how often', async () => {
    const names = (await readMigrations()).map(({ name }) => name);
    const applied = await Promise.all([migrate(url), migrate(url), migrate(url), migrate(url)]);
    expect(applied.filter((list) => list.length > 0)).toEqual([names]);
    expect(await migrate(url)).toEqual([]);
  });

  it("leaves the database as Prisma's own engine would: nothing to apply, nothing edited, nothing adrift", async () => {
    await migrate(url);
    const engine = await openSchemaEngine(url);
    try {
      expect(await engine.diagnose()).toMatchObject({ editedMigrationNames: [], failedMigrationNames: [], hasMigrationsTable: true });
      expect((await engine.diagnose()).history).toBeNull();
      expect(await engine.missingSql()).toBeNull();
    } finally {
      await engine.close();
    }
  });

  it('keeps functions and several statements of a file together', async () => {
    await add('1_function', `CREATE FUNCTION two() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 2; END; $$; CREATE TABLE a (x int);`);
    await migrate(url, folder);
    expect((await client.query('SELECT two()')).rows).toEqual([{ two: 2 }]);
  });

  it('takes back the whole of a migration that fails, says why, and goes on once it is mended', async () => {
    await add('1_good', 'CREATE TABLE good (x int)');
    await add('2_bad', 'CREATE TABLE half (x int); CREATE TABLE half (x int);');
    await expect(migrate(url, folder)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'the migration 2_bad failed: relation "half" already exists',
    });
    expect(await tables()).toEqual(['good']);
    await add('2_bad', 'CREATE TABLE whole (x int)');
    expect(await migrate(url, folder)).toEqual(['2_bad']);
    expect(await tables()).toEqual(['good', 'whole']);
  });

  it('refuses to go on over a migration that was edited after it had been applied', async () => {
    await cp(migrationsFolder, folder, { recursive: true });
    const [name] = await migrate(url, folder);
    await appendFile(path.join(folder, name ?? '', 'migration.sql'), '-- a word more\n');
    await expect(migrate(url, folder)).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining(name ?? '') });
  });

  it('says where nothing answers', async () => {
    await expect(migrate('postgresql://nobody@127.0.0.1:1/nothing')).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('127.0.0.1:1'),
    });
  });
});
