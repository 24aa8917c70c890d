import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { assembledKernel } from './assemble.ts';

it('the kernel is what its source assembles to', async () => {
  expect(await readFile(new URL('./kernel.ts', import.meta.url), 'utf8')).toBe(await assembledKernel());
});
