import { readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EspalierError } from '@espalier/core';
import { unzipSync, zipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { damaged } from '../../test/damage.ts';
import { kerasFixture } from '../../test/keras-fixtures.ts';
import { KerasReader } from '../../test/keras-reader.ts';
import { readNetworkFile } from '../files.ts';

const fixture = (file: string): Uint8Array => new Uint8Array(readFileSync(kerasFixture(file)));
const scratch = mkdtempSync(path.join(tmpdir(), 'espalier-damage-'));
const reader = new KerasReader(1000);
afterAll(async () => {
  await reader.close();
  rmSync(scratch, { recursive: true });
});

const minutes = 60_000;

describe('damage to a Keras file gives a network or an expected failure, thousands of times:', () => {
  const files = ['plain.h5', 'sequential.h5', 'integers.h5', 'mixture.h5', 'mixture_keras2.h5'].map(fixture);

  it('an .h5 file', { timeout: 15 * minutes }, async () => {
    for (let seed = 10_000; seed < 15_000; seed++) await reader.read('h5', damaged(files[seed % files.length]!, seed));
    // Were no thread ever lost, the threads would not be needed.
    expect(reader.lostThreads).toBeGreaterThan(0);
  });

  it('the weights of a .keras file', { timeout: 15 * minutes }, async () => {
    const { 'model.weights.h5': weights, ...others } = unzipSync(fixture('mixture.keras'));
    for (let seed = 20_000; seed < 23_000; seed++)
      await reader.read('keras', zipSync({ ...others, 'model.weights.h5': damaged(weights!, seed) }, { level: 0 }));
  });

  it('as a user reads it, and takes less than a gigabyte', { timeout: 30 * minutes }, async () => {
    const file = path.join(scratch, 'model.h5');
    for (let seed = 30_000; seed < 30_150; seed++) {
      writeFileSync(file, damaged(files[seed % files.length]!, seed));
      const failure = await readNetworkFile(file).catch((error: unknown) => error);
      if (failure instanceof Error) expect(failure).toBeInstanceOf(EspalierError);
      expect(process.memoryUsage().rss).toBeLessThan(2 ** 30);
    }
  });
});
