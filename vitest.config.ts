import { defineConfig } from 'vitest/config';

const tests = ['{apps,packages,workflows}/*/{src,test,features}/**/*.test.{ts,tsx}', 'infra/**/*.test.{ts,mjs}'];
const takesMinutes = '**/*.long.test.ts';

export default defineConfig({
  // Vite would take graphql's ES module where its CommonJS users have the other one, and two copies of it cannot share a schema.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: tests,
    exclude: ['**/node_modules/**', '**/.next/**', ...(process.env.ESPALIER_LONG_TESTS === '1' ? [] : [takesMinutes])],
    globalSetup: ['./packages/testing/src/global-setup.ts'],
    setupFiles: ['./packages/testing/src/setup-file.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Pages and processes are waited for by polling, and a busy machine takes its time.
    expect: { poll: { timeout: 20_000 } },
  },
});
