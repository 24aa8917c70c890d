// Writes the migration that leads from the migrations there are to the schema: `npm run migration -w @espalier/database -- name_of_it`, with
// DATABASE_URL naming a PostgreSQL on which a shadow database may be made. Read what it wrote before committing it.
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { migrationsFolder } from '../migrate/files.ts';
import { lockFileName, openSchemaEngine } from './engine.ts';

const [name] = process.argv.slice(2);
const url = process.env.DATABASE_URL;
if (name === undefined || !/^[a-z0-9_]+$/.test(name) || url === undefined) {
  console.error('usage: DATABASE_URL=postgresql://… npm run migration -w @espalier/database -- name_in_snake_case');
  process.exit(2);
}

await mkdir(migrationsFolder, { recursive: true });
const engine = await openSchemaEngine(url);
try {
  const sql = await engine.missingSql();
  if (sql === null) console.log('The migrations lead to the schema: nothing to write.');
  else console.log(`Wrote ${await writeMigration(name, sql)}. Read it before you commit it.`);
} finally {
  await engine.close();
}

async function writeMigration(name: string, sql: string): Promise<string> {
  const time = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const folder = path.join(migrationsFolder, `${time}_${name}`);
  await mkdir(folder);
  await writeFile(path.join(folder, 'migration.sql'), sql);
  const lockFile = path.join(migrationsFolder, lockFileName);
  if (!existsSync(lockFile))
    await writeFile(lockFile, '# Prisma reads from this which database the migrations are for.\nprovider = "postgresql"\n');
  return path.join(folder, 'migration.sql');
}
