import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { testDatabase, testTemporal } from './index.ts';

async function ask(url: string, question: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(question)).rows;
  } finally {
    await client.end();
  }
}

describe('testDatabase', () => {
  it('gives each caller a migrated database of its own, also when many ask at once', async () => {
    const databases = await Promise.all(Array.from({ length: 5 }, () => testDatabase()));
    expect(new Set(databases.map(({ url }) => url)).size).toBe(5);
    const [first, second] = databases;
    await ask(first!.url, 'CREATE TABLE mark (id int)');
    const tables = await ask(second!.url, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'");
    expect(tables).toContainEqual({ table_name: '_prisma_migrations' });
    expect(tables).not.toContainEqual({ table_name: 'mark' });
  });

  it('gives an empty one on request', async () => {
    const { url } = await testDatabase({ migrated: false });
    expect(await ask(url, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")).toEqual([]);
  });
});

describe('testTemporal', () => {
  it('gives each caller a namespace of its own on one server', async () => {
    const [one, other] = await Promise.all([testTemporal(), testTemporal()]);
    expect(one.address).toBe(other.address);
    expect(one.namespace).not.toBe(other.namespace);
  });
});
