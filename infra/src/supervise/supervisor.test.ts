import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive, noteOf } from '../processes.ts';
import { endLeftovers } from './ledger.ts';
import type { ServiceSpec } from './service.ts';
import { Supervisor } from './supervisor.ts';

let home: string;
let said: string[];
let supervisor: Supervisor;

beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'espalier-supervisor-'));
  said = [];
  supervisor = new Supervisor({ ledgerFile: path.join(home, 'processes.json'), logDirectory: home, say: (text) => said.push(text) });
});
afterEach(async () => {
  await supervisor.stop();
  await rm(home, { recursive: true });
});

const service = (script: string): ServiceSpec => ({
  name: 'example',
  program: process.execPath,
  args: ['-e', script],
  cwd: home,
  env: process.env,
  graceMs: 500,
});

const serves = `console.log('[ready] here'); setInterval(() => undefined, 1000);`;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

describe('Supervisor', () => {
  it('starts a service, and ends it so that nothing is left', async () => {
    await supervisor.start(service(serves));
    const note = noteOf(supervisor.pidOf('example'));
    expect(isAlive(note)).toBe(true);
    await supervisor.stop();
    expect(isAlive(note)).toBe(false);
    expect(JSON.parse(await readFile(path.join(home, 'processes.json'), 'utf8'))).toEqual([]);
  });

  it('ends one that does not listen, and the children that it has left behind', async () => {
    const script = `process.on('SIGTERM', () => undefined);
      const child = require('child_process').spawn('sleep', ['60']);
      console.log('child ' + child.pid); ${serves}`;
    await supervisor.start(service(script));
    const log = await readFile(path.join(home, 'example.log'), 'utf8');
    const child = noteOf(Number(/child (\d+)/.exec(log)?.[1]));
    const leader = noteOf(supervisor.pidOf('example'));
    await supervisor.stop();
    await until(() => !isAlive(child));
    expect(isAlive(leader)).toBe(false);
  });

  it('starts a service again that was killed, and says so', async () => {
    await supervisor.start(service(serves));
    const first = supervisor.pidOf('example');
    process.kill(first, 'SIGKILL');
    await until(() => said.includes('example serves again'));
    expect(supervisor.pidOf('example')).not.toBe(first);
    expect(said[0]).toBe('example ended (SIGKILL); it is started again in 1 s');
  });

  it('reports a service that does not start, with the end of its log', async () => {
    await expect(supervisor.start(service(`console.error('the port is taken'); process.exit(3)`))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/example ended with 3.*example\.log:\n.*the port is taken/s),
    });
  });

  it('starts nothing after it was told to stop', async () => {
    await supervisor.stop();
    await expect(supervisor.start(service(serves))).rejects.toThrow();
  });
});

describe('endLeftovers', () => {
  it('ends what a start that was killed has left running', async () => {
    const script = `import { Supervisor } from './supervisor.ts';
      const supervisor = new Supervisor({ ledgerFile: ${JSON.stringify(path.join(home, 'old.json'))}, logDirectory: ${JSON.stringify(home)}, say: () => undefined });
      supervisor.start(${JSON.stringify(service(serves))}).then(() => console.log('pid ' + supervisor.pidOf('example')));`;
    const owner = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], { cwd: import.meta.dirname });
    const text = await new Promise<string>((resolve) => owner.stdout.once('data', (data: Buffer) => resolve(data.toString())));
    const orphan = noteOf(Number(/pid (\d+)/.exec(text)?.[1]));
    owner.kill('SIGKILL');
    await until(() => owner.signalCode !== null);
    expect(isAlive(orphan)).toBe(true);

    expect(await endLeftovers(path.join(home, 'old.json'))).toEqual(['example']);
    expect(isAlive(orphan)).toBe(false);
    expect(await endLeftovers(path.join(home, 'old.json'))).toEqual([]);
  });

  it('does not end a process that only has the number of one on its list', async () => {
    const innocent = spawn('sleep', ['60']);
    try {
      expect(isAlive({ pid: innocent.pid!, started: '1' })).toBe(process.platform !== 'linux');
    } finally {
      innocent.kill();
    }
  });
});
