import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { idxFileNames, readIdxFolder } from './folder.ts';
import { encodeIdx } from './format.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'idx-'));
  await write(idxFileNames.trainingImages, [4, 2, 2]);
  await write(idxFileNames.trainingLabels, [4], [0, 1, 2, 1]);
  await write(idxFileNames.testImages, [2, 2, 2]);
  await write(idxFileNames.testLabels, [2], [2, 0]);
});
afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, shape: number[], values?: number[]): Promise<void> =>
  writeFile(
    path.join(folder, name),
    encodeIdx({ shape, values: Uint8Array.from(values ?? { length: shape.reduce((a, b) => a * b, 1) }, (value) => value ?? 9) }),
  );

const refusal = (message: RegExp) => expect.objectContaining({ code: 'BAD_DATASET', message: expect.stringMatching(message) });

describe('a folder of IDX files', () => {
  it('becomes pictures with one channel and as many classes as labels', async () => {
    const dataset = await readIdxFolder(folder);
    expect(dataset).toMatchObject({ shape: [2, 2, 1], classes: ['0', '1', '2'], training: { count: 4 }, test: { count: 2 } });
    expect([...dataset.test.labels]).toEqual([2, 0]);
  });

  it('may have colours', async () => {
    await write(idxFileNames.trainingImages, [4, 2, 2, 3]);
    await write(idxFileNames.testImages, [2, 2, 2, 3]);
    expect((await readIdxFolder(folder)).shape).toEqual([2, 2, 3]);
  });

  it('may be gzipped, and named with a dot', async () => {
    const images = encodeIdx({ shape: [4, 2, 2], values: new Uint8Array(16).fill(7) });
    await rm(path.join(folder, idxFileNames.trainingImages));
    await writeFile(path.join(folder, 'train-images.idx3-ubyte.gz'), gzipSync(images));
    expect((await readIdxFolder(folder)).training.pixels[0]).toBe(7);
  });

  it('may have folders beside the files that are called as files could be', async () => {
    await rename(path.join(folder, idxFileNames.testLabels), path.join(folder, 't10k-labels.idx1-ubyte'));
    await mkdir(path.join(folder, idxFileNames.testLabels));
    expect([...(await readIdxFolder(folder)).test.labels]).toEqual([2, 0]);
  });

  it('has another digest when a byte or a file name differs', async () => {
    const { digest } = await readIdxFolder(folder);
    expect((await readIdxFolder(folder)).digest).toBe(digest);
    await rename(path.join(folder, idxFileNames.testLabels), path.join(folder, 't10k-labels.idx1-ubyte'));
    const renamed = await readIdxFolder(folder);
    expect(renamed.digest).not.toBe(digest);
    await write('t10k-labels.idx1-ubyte', [2], [0, 0]);
    expect((await readIdxFolder(folder)).digest).not.toBe(renamed.digest);
  });

  it.each([
    {
      name: 'a missing file',
      spoil: () => rm(path.join(folder, idxFileNames.testLabels)),
      message: /has no file t10k-labels-idx1-ubyte/,
    },
    {
      name: 'a broken gzip file',
      spoil: async () => {
        await rm(path.join(folder, idxFileNames.testLabels));
        await writeFile(path.join(folder, `${idxFileNames.testLabels}.gz`), gzipSync(new Uint8Array(50)).subarray(0, 20));
      },
      message: /t10k-labels-idx1-ubyte.gz is not a whole gzip file/,
    },
    {
      name: 'a link that leads out of it',
      spoil: async () => {
        await rm(path.join(folder, idxFileNames.testLabels));
        await symlink('/etc/passwd', path.join(folder, idxFileNames.testLabels));
      },
      message: /t10k-labels-idx1-ubyte is a link that leads out/,
    },
    { name: 'too few labels', spoil: () => write(idxFileNames.trainingLabels, [3]), message: /holds 4 pictures, but .* 3 labels/ },
    {
      name: 'no pictures',
      spoil: () => write(idxFileNames.testImages, [0, 2, 2]).then(() => write(idxFileNames.testLabels, [0])),
      message: /no picture/,
    },
    { name: 'splits of different size', spoil: () => write(idxFileNames.testImages, [2, 3, 2]), message: /differ in size/ },
    { name: 'labels in place of pictures', spoil: () => write(idxFileNames.trainingImages, [4]), message: /which are no pictures/ },
    { name: 'pictures in place of labels', spoil: () => write(idxFileNames.trainingLabels, [4, 1]), message: /labels have one/ },
    { name: 'a test label that training lacks', spoil: () => write(idxFileNames.testLabels, [2], [0, 3]), message: /has label 3/ },
  ])('refuses $name by name', async ({ spoil, message }) => {
    await spoil();
    await expect(readIdxFolder(folder)).rejects.toThrow(refusal(message));
  });

  it('refuses a folder that is not there', async () => {
    await expect(readIdxFolder(path.join(folder, 'nowhere'))).rejects.toThrow(refusal(/nowhere cannot be read/));
  });
});
