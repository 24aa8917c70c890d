import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive, noteOf, waitForEnd } from '../../processes.ts';
import { removePostgres, startPostgres, type PostgresServer } from './cluster.ts';

const homes: string[] = [];
let directory: string;

beforeEach(async () => {
  const home = await mkdtemp(path.join(os.tmpdir(), 'espalier-postgres-'));
  homes.push(home);
  await chmod(home, 0o711);
  directory = path.join(home, 'postgres');
});
afterEach(() => removePostgres(directory));
afterAll(() => Promise.all(homes.map((home) => rm(home, { recursive: true }))));

const start = ({ durable = false } = {}): Promise<PostgresServer> => startPostgres({ directory, durable });

async function ask(server: PostgresServer, question: string): Promise<unknown[]> {
  const client = new Client({ connectionString: server.url('postgres') });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(question)).rows;
  } finally {
    await client.end();
  }
}

describe('startPostgres', () => {
  it('makes one server for any number of starters, and keeps data and port over a restart', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    expect(other.pid).toBe(one.pid);
    expect([one.reused, other.reused].sort()).toEqual([false, true]);
    await ask(one, 'CREATE TABLE mark AS SELECT 42 AS value');
    await one.stop();
    expect(isAlive(noteOf(one.pid))).toBe(false);
    const again = await start();
    expect(again.port).toBe(one.port);
    expect(await ask(again, 'SELECT value FROM mark')).toEqual([{ value: 42 }]);
  });

  it('starts again after the server was killed, over the lock file that it left', async () => {
    const server = await start({ durable: true });
    await ask(server, 'CREATE TABLE mark AS SELECT 42 AS value');
    process.kill(server.pid, 'SIGKILL');
    const again = await start();
    expect(again.pid).not.toBe(server.pid);
    expect(await ask(again, 'SELECT value FROM mark')).toEqual([{ value: 42 }]);
  });

  it('does not take another program that got the number of the dead server for it', async () => {
    const server = await start();
    await server.stop();
    const other: ChildProcess = spawn('sleep', ['60']);
    await writeFile(path.join(directory, 'postmaster.pid'), `${other.pid}\n${directory}\n0\n${server.port}\n\n127.0.0.1\n\nready\n`);
    try {
      const again = await start();
      expect(again.reused).toBe(false);
      expect(await ask(again, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    } finally {
      other.kill();
    }
  });

  it('moves to another port when a stranger has taken its own', async () => {
    const server = await start();
    await server.stop();
    const stranger = spawn(process.execPath, [
      '-e',
      `require('net').createServer().listen(${server.port}, '127.0.0.1', () => console.log('here'))`,
    ]);
    try {
      await new Promise((resolve) => stranger.stdout.once('data', resolve));
      const again = await start();
      expect(again.port).not.toBe(server.port);
      expect(await ask(again, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    } finally {
      stranger.kill();
    }
  });

  it('mends the making of a cluster that was killed', async () => {
    const killed = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', starterScript(directory)], {
      cwd: import.meta.dirname,
      detached: true,
    });
    const beside = `${directory}.part`;
    while ((await stat(beside).catch(() => undefined)) === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    process.kill(-killed.pid!, 'SIGKILL');
    await waitForEnd(noteOf(killed.pid!), 5000);
    expect(await ask(await start(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('works below a folder that is closed to everybody else, such as the home of root', async () => {
    await chmod(path.dirname(directory), 0o700);
    expect(await ask(await start(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('keeps the password from other users', async () => {
    await start();
    expect((await stat(`${directory}.json`)).mode & 0o777).toBe(0o600);
  });
});

const starterScript = (at: string): string =>
  `import { startPostgres } from './cluster.ts'; void startPostgres({ directory: ${JSON.stringify(at)}, durable: false });`;
