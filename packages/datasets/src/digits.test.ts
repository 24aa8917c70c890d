import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { digestOf } from '@espalier/core/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DatasetLocation } from '@espalier/core';
import { writeDigits } from './digits.ts';
import { idxFileNames } from './idx/folder.ts';
import { inspectDataset } from './inspect.ts';
import { openDataset } from './open.ts';

let folder: string;
let location: DatasetLocation;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'digits-'));
  location = await writeDigits(folder);
});
afterAll(() => rm(folder, { recursive: true }));

describe('the handwritten digits', () => {
  it('are 8,000 for training and 2,000 for the test, every class in proportion', async () => {
    const { splits, shape, classes, samples } = await inspectDataset(location);
    expect(shape).toEqual([28, 28, 1]);
    expect(classes).toHaveLength(10);
    expect(splits.map(({ name, examples }) => [name, examples])).toEqual([
      ['training', 8000],
      ['test', 2000],
    ]);
    const [training, test] = splits;
    training!.perClass.forEach((count, label) => expect(Math.abs(count / 4 - test!.perClass[label]!)).toBeLessThanOrEqual(1));
    expect(samples).toHaveLength(30);
    expect(samples[0]!.dataUrl).toMatch(/^data:image\/png;base64,iVBOR/);
  });

  it('are the same bytes whenever they are written', async () => {
    const images = path.join(folder, idxFileNames.testImages);
    const before = digestOf(await readFile(images));
    await writeDigits(folder);
    expect(digestOf(await readFile(images))).toBe(before);
    expect((await openDataset(location)).digest).toBe('6cb81163320d48618da5a7b1c17947df40a773dc48a1c9fb8eab95b1b06e6815');
  });

  it('hold out a tenth of the training pictures for validation', async () => {
    const { splits } = await openDataset(location, { validationRatio: 0.1 });
    expect(splits.training.indices.length + splits.validation.indices.length).toBe(8000);
    expect(splits.validation.indices.length).toBeGreaterThan(790);
    expect(splits.validation.indices.length).toBeLessThan(810);
  });
});
