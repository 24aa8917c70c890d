import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from './setup/run.mjs';

const start = (args, env = {}) =>
  run(process.execPath, [path.join(import.meta.dirname, 'start.mjs'), ...args], { env: { ...process.env, ...env } });

describe('npm start', () => {
  it('refuses an option that it does not know, and lists those that it does', async () => {
    const { code, stderr } = await start(['--frehs']);
    expect(code).toBe(2);
    expect(stderr).toContain('knows no "--frehs"');
    expect(stderr).toContain('--fresh');
  });

  it('explains itself', async () => {
    const { code, stdout } = await start(['--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('DATABASE_URL');
  });
});
