import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noteOf } from '../processes.ts';
import { claimHome } from './claim.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'espalier-claim-'));
});
afterEach(() => rm(home, { recursive: true }));

describe('claimHome', () => {
  it('refuses a second portal, and names the process and the address of the first', async () => {
    const other = spawn('sleep', ['60']);
    try {
      const claim = { ...noteOf(other.pid!), url: 'http://127.0.0.1:3000' };
      await writeFile(path.join(home, 'portal.json'), JSON.stringify(claim));
      await expect(claimHome(home)).rejects.toMatchObject({
        code: 'CONFLICT',
        message: `this portal is already running (process ${other.pid}, http://127.0.0.1:3000)`,
        hint: expect.stringContaining(`kill ${other.pid}`),
      });
    } finally {
      other.kill();
    }
  });

  it('takes over from one that was killed', async () => {
    await writeFile(path.join(home, 'portal.json'), JSON.stringify({ pid: 2 ** 22 - 1, started: '1', url: null }));
    await (await claimHome(home)).release();
  });
});
