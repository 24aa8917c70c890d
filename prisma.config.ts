import { defineConfig } from 'prisma/config';

// Prisma would download a native engine that nothing here uses: generating the client needs none, and migrations are run by packages/database.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= '/bin/true';

export default defineConfig({
  schema: 'prisma/schema',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://espalier:espalier@127.0.0.1:5432/espalier' },
});
