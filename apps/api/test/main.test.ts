import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { testDatabase } from '@espalier/testing';
import { createClient } from 'graphql-ws';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

const source = path.resolve(import.meta.dirname, '../src');
const secret = 'a secret of the tests, and of nobody else';

describe('the process', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  function run(file: string, environment: Record<string, string>): ChildProcess {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...environment };
    const child = spawn(process.execPath, ['--import', 'tsx', path.join(source, file)], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    return child;
  }
  async function outcome(child: ChildProcess) {
    let output = '';
    child.stdout?.on('data', (chunk) => (output += String(chunk)));
    child.stderr?.on('data', (chunk) => (output += String(chunk)));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output };
  }

  it('names every variable that is missing or wrong, and ends', async () => {
    const { code, output } = await outcome(run('main.ts', { ESPALIER_AUTH_SECRET: 'short', ESPALIER_API_PORT: 'http' }));
    expect(code).toBe(1);
    for (const name of ['DATABASE_URL', 'ESPALIER_AUTH_SECRET', 'ESPALIER_API_PORT']) expect(output).toContain(name);
    expect(output).not.toContain('    at ');
  });

  it('says when it serves, and ends by SIGTERM with its subscriptions closed', async () => {
    const { url: DATABASE_URL } = await testDatabase();
    const child = run('main.ts', { DATABASE_URL, ESPALIER_AUTH_SECRET: secret, ESPALIER_API_PORT: '0' });
    const ended = once(child, 'exit');
    const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
    const url = /^\[ready\] API at (http:\/\/127\.0\.0\.1:\d+\/graphql)$/.exec(line)?.[1];
    expect(url).toBeDefined();
    const closed = closing(url!);
    await closed.opened;
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(await closed.code).toBe(1001);
  });

  it('refuses a port that is taken, by its name', async () => {
    const { url: DATABASE_URL } = await testDatabase();
    const environment = { DATABASE_URL, ESPALIER_AUTH_SECRET: secret };
    const first = run('main.ts', { ...environment, ESPALIER_API_PORT: '0' });
    const [line] = (await once(createInterface({ input: first.stdout! }), 'line')) as [string];
    const port = new URL(line.split(' ').at(-1)!).port;
    const { code, output } = await outcome(run('main.ts', { ...environment, ESPALIER_API_PORT: port }));
    expect(code).toBe(1);
    expect(output).toContain(`the port ${port} on 127.0.0.1 is taken`);
  });

  it('makes the first organization and its owner, and does so once', async () => {
    const { url: DATABASE_URL } = await testDatabase();
    const owner = { ESPALIER_OWNER_EMAIL: 'ada@example.org', ESPALIER_OWNER_PASSWORD: 'long enough', ESPALIER_ORGANIZATION: 'Orchard' };
    expect(await outcome(run('bootstrap.ts', { DATABASE_URL, ...owner }))).toMatchObject({
      code: 0,
      output: expect.stringContaining('Made the owner'),
    });
    expect(await outcome(run('bootstrap.ts', { DATABASE_URL, ...owner }))).toMatchObject({
      code: 0,
      output: expect.stringContaining('Found the owner'),
    });
    const short = await outcome(run('bootstrap.ts', { DATABASE_URL, ...owner, ESPALIER_OWNER_PASSWORD: 'short' }));
    expect(short).toMatchObject({ code: 1, output: expect.stringContaining('password: needs at least 8 characters') });
  });
});

/** A socket that is open, and the code by which it is closed. */
function closing(url: string) {
  const events: { opened?: () => void; closed?: (code: number) => void } = {};
  const opened = new Promise<void>((resolve) => {
    events.opened = resolve;
  });
  const code = new Promise<number>((resolve) => {
    events.closed = resolve;
  });
  createClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => undefined,
    on: {
      connected: () => events.opened?.(),
      closed: (event) => events.closed?.((event as { code: number }).code),
    },
  });
  return { opened, code };
}
