import { describe, expect, it } from 'vitest';
import { refusal, temporaryFolder } from '../../test/temporary-folder.ts';
import { datasetAt } from '../recognise.ts';
import { readStoredDataset } from '../open.ts';
import { cifar100Reader, cifar10Reader } from './reader.ts';

const folder = temporaryFolder();

/** Records of one picture each: its labels, then planes of red = label, green = row, blue = column. */
function records(labels: readonly (readonly number[])[]): Uint8Array {
  const planes = (label: number): number[] => [
    ...Array.from({ length: 1024 }, () => label),
    ...Array.from({ length: 1024 }, (_, place) => Math.floor(place / 32)),
    ...Array.from({ length: 1024 }, (_, place) => place % 32),
  ];
  return Uint8Array.from(labels.flatMap((bytes) => [...bytes, ...planes(bytes.at(-1)!)]));
}

async function writeCifar10(changes: Partial<Record<string, Uint8Array | string | null>> = {}, inside = ''): Promise<void> {
  const files: Partial<Record<string, Uint8Array | string | null>> = { 'test_batch.bin': records([[9], [0]]), ...changes };
  for (const number of [1, 2, 3, 4, 5]) files[`data_batch_${number}.bin`] ??= records([[number], [number + 4]]);
  for (const [file, content] of Object.entries({ ...files, ...changes })) {
    if (content !== null && content !== undefined) await folder.write(`${inside}${file}`, content);
  }
}

const read10 = () => cifar10Reader.read({ format: 'cifar10', path: folder.path });

describe('CIFAR-10 as binaries', () => {
  it('becomes pictures whose colours lie side by side, in the order of the files', async () => {
    await writeCifar10();
    const stored = await readStoredDataset(await datasetAt(folder.path));
    expect(stored).toMatchObject({ shape: [32, 32, 3], classes: Array.from({ length: 10 }, (_, label) => String(label)) });
    expect([...stored.training.labels]).toEqual([1, 5, 2, 6, 3, 7, 4, 8, 5, 9]);
    expect([...stored.test.labels]).toEqual([9, 0]);
    const { training } = stored as Awaited<ReturnType<typeof read10>> & { training: { pixels: Uint8Array } };
    // Picture 3 has label 6; its pixel of row 5 and column 7:
    expect([...training.pixels.subarray(3 * 3072 + (5 * 32 + 7) * 3).subarray(0, 3)]).toEqual([6, 5, 7]);
  });

  it('is found in the folder that its archive unpacks to as well', async () => {
    await writeCifar10({}, 'cifar-10-batches-bin/');
    expect(await datasetAt(folder.path)).toMatchObject({ format: 'cifar10' });
    expect((await read10()).training.count).toBe(10);
  });

  it('calls its classes by the names that lie beside it', async () => {
    const names = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
    await writeCifar10({ 'batches.meta.txt': `${names.join('\n')}\n\n` });
    expect((await read10()).classes).toEqual(names);
  });

  it.each([
    {
      name: 'a file that was cut short',
      changes: { 'data_batch_2.bin': records([[1], [2]]).subarray(0, 5000) },
      message: /data_batch_2\.bin is not a whole number of pictures: it has 5000 bytes, which are 1 records of 3073 and 1927 bytes more/,
    },
    {
      name: 'a file that was cut short between two pictures',
      changes: { 'data_batch_4.bin': records([[1]]) },
      message: /data_batch_4\.bin is truncated: it has 1 pictures, data_batch_1\.bin has 2/,
    },
    { name: 'an empty file', changes: { 'test_batch.bin': '' }, message: /test_batch\.bin is empty/ },
    { name: 'a missing file', changes: { 'data_batch_5.bin': null }, message: /has no file data_batch_5\.bin/ },
    { name: 'a label beyond the classes', changes: { 'test_batch.bin': records([[3], [10]]) }, message: /has label 10 at picture 1/ },
    { name: 'too few names', changes: { 'batches.meta.txt': 'cat\ndog\n' }, message: /names 2 classes, but there are 10/ },
  ])('is refused with $name', async ({ changes, message }) => {
    await writeCifar10(changes);
    await expect(read10()).rejects.toThrow(refusal(message));
  });

  it('is refused in words where it is Python pickles, as files or in their folder', async () => {
    for (const file of ['batches.meta', 'data_batch_1', 'test_batch']) await folder.write(`cifar-10-batches-py/${file}`, '\u0080\u0002}');
    for (const place of [folder.path, `${folder.path}/cifar-10-batches-py`]) {
      const location = await datasetAt(place);
      expect(location.format).toBe('cifar10');
      await expect(readStoredDataset(location)).rejects.toThrow(refusal(/CIFAR-10 as Python pickles/));
    }
  });
});

describe('CIFAR-100 as binaries', () => {
  const read100 = (labels?: 'fine' | 'coarse') => cifar100Reader.read({ format: 'cifar100', path: folder.path, labels });
  const writeCifar100 = async (): Promise<void> => {
    await folder.write('train.bin', records([[3, 71], [19, 99]])); // prettier-ignore
    await folder.write('test.bin', records([[0, 5]]));
  };

  it('counts the fine label, or the coarse one where that is asked for: two datasets with a digest each', async () => {
    await writeCifar100();
    expect((await datasetAt(folder.path)).format).toBe('cifar100');
    const [fine, coarse] = [await read100(), await read100('coarse')];
    expect([...fine.training.labels]).toEqual([71, 99]);
    expect([...coarse.training.labels]).toEqual([3, 19]);
    expect([fine.classes.length, coarse.classes.length]).toEqual([100, 20]);
    expect(fine.digest).not.toBe(coarse.digest);
  });

  it('is refused in words where it is Python pickles', async () => {
    for (const file of ['meta', 'train', 'test']) await folder.write(file, '\u0080\u0002}');
    await expect(readStoredDataset(await datasetAt(folder.path))).rejects.toThrow(refusal(/CIFAR-100 as Python pickles/));
  });
});
