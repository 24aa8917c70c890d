import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { expect, it } from 'vitest';
import { buildApiSchema } from './schema.ts';

it('is the schema that the portal and other clients are built against, to the last description', () => {
  const contract = readFileSync(path.resolve(import.meta.dirname, '../../schema.graphql'), 'utf8');
  expect(printSchema(lexicographicSortSchema(buildApiSchema()))).toBe(printSchema(lexicographicSortSchema(buildSchema(contract))));
});
