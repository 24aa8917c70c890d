import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { migrationsFolder } from '../migrate/files.ts';
import { MigrationAdapterFactory } from './adapter.ts';

/**
 * Prisma's schema engine as WebAssembly: the real judge of what the migrations lead to, without a native binary. It writes new migrations
 * (new-migration.ts) and, in a test, confirms those there are. Its interface is not documented, hence the exact version in package.json.
 */
export interface SchemaEngine {
  /** The SQL that leads from what the migrations make to what the schema says; null when there is nothing between them. */
  missingSql(): Promise<string | null>;
  /** What the engine thinks of the database's history against the files. */
  diagnose(): Promise<MigrationHistory>;
  close(): Promise<void>;
}

export interface MigrationHistory {
  readonly history: unknown;
  readonly editedMigrationNames: readonly string[];
  readonly failedMigrationNames: readonly string[];
  readonly hasMigrationsTable: boolean;
}

interface NativeEngine {
  diff(input: unknown): Promise<{ exitCode: number; stdout: string }>;
  diagnoseMigrationHistory(input: unknown): Promise<MigrationHistory>;
  free(): void;
}
interface EngineModule {
  SchemaEngine: { new (): never } & { new: unknown };
  __wbg_set_wasm(exports: unknown): void;
}

const schemaFolder = fileURLToPath(new URL('../../../../prisma/schema', import.meta.url));
const filters = { externalTables: [], externalEnums: [] };
export const lockFileName = 'migration_lock.toml';

export async function openSchemaEngine(url: string): Promise<SchemaEngine> {
  const create = await (loaded ??= loadEngine());
  const factory = new MigrationAdapterFactory(url);
  const schema = readSchema();
  const engine = await create(
    { datamodels: schema.map(({ path: file, content }) => [file, content]) },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(factory),
  );
  return {
    async missingSql() {
      const from = existsSync(path.join(migrationsFolder, lockFileName)) ? { tag: 'migrations', ...migrationsList() } : { tag: 'empty' };
      const { exitCode, stdout } = await engine.diff({
        from,
        to: { tag: 'schemaDatamodel', files: schema },
        script: true,
        exitCode: true,
        filters,
      });
      return exitCode === 0 ? null : stdout;
    },
    diagnose: () => engine.diagnoseMigrationHistory({ migrationsList: migrationsList(), optInToShadowDatabase: true, filters }),
    async close() {
      engine.free();
      await factory.close();
    },
  };
}

type CreateEngine = (options: unknown, log: (line: string) => void, factory: unknown) => Promise<NativeEngine>;

/** Loaded once a process: a second instance of the WebAssembly module would corrupt the first. */
let loaded: Promise<CreateEngine> | undefined;

async function loadEngine(): Promise<CreateEngine> {
  const name = '@prisma/schema-engine-wasm/schema_engine_bg';
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: {
      set_message: (message: string) => {
        throw new Error(`Prisma's schema engine panicked: ${message}`);
      },
    },
  });
  const bindings = (await import(name)) as EngineModule;
  const file = path.join(path.dirname(createRequire(import.meta.url).resolve(name)), 'schema_engine_bg.wasm');
  const { instance } = await WebAssembly.instantiate(await readFile(file), {
    './schema_engine_bg.js': bindings as unknown as WebAssembly.ModuleImports,
  });
  bindings.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return (bindings.SchemaEngine.new as CreateEngine).bind(bindings.SchemaEngine);
}

function readSchema(): { path: string; content: string }[] {
  return readdirSync(schemaFolder)
    .filter((name) => name.endsWith('.prisma'))
    .sort()
    .map((name) => path.join(schemaFolder, name))
    .map((file) => ({ path: file, content: readFileSync(file, 'utf8') }));
}

function migrationsList() {
  const lockFile = path.join(migrationsFolder, lockFileName);
  const names = readdirSync(migrationsFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return {
    baseDir: migrationsFolder,
    lockfile: { path: lockFileName, content: existsSync(lockFile) ? readFileSync(lockFile, 'utf8') : null },
    shadowDbInitScript: '',
    migrationDirectories: names.map((name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok', value: readFileSync(path.join(migrationsFolder, name, 'migration.sql'), 'utf8') },
      },
    })),
  };
}
