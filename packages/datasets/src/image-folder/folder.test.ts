import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { gradient, plainJpeg, plainPng } from '../../test/pictures.ts';
import { refusal, temporaryFolder } from '../../test/temporary-folder.ts';
import type { LabelledFiles } from '../dataset.ts';
import { openDataset } from '../open.ts';
import { datasetAt } from '../recognise.ts';
import { readImageFolder } from './folder.ts';

const folder = temporaryFolder();
const read = (imageSize?: number) => readImageFolder({ format: 'image-folder', path: folder.path, imageSize });
const filesOf = (images: unknown): string[] => (images as LabelledFiles).files.all.map(({ file }) => file);

async function writeClasses(split: string, count = 5, classes = ['cat', 'dog']): Promise<void> {
  for (const [label, name] of classes.entries())
    for (let number = 0; number < count; number++) {
      await folder.write(path.join(split, name, `${number}.png`), await plainPng(4, 6, [10 * label, number, 0]));
    }
}

describe('a folder of class folders', () => {
  it('has its classes in the order of their names, and a fifth of each set apart for the test', async () => {
    await writeClasses('.', 10);
    expect(await datasetAt(folder.path)).toEqual({ format: 'image-folder', path: folder.path });
    const { classes, shape, training, test } = await read();
    expect({ classes, shape }).toEqual({ classes: ['cat', 'dog'], shape: [4, 6, 3] });
    expect([training.count, test.count]).toEqual([16, 4]);
    expect([...test.labels]).toEqual([0, 0, 1, 1]);
    expect([...filesOf(training), ...filesOf(test)].sort()).toEqual(
      ['cat', 'dog'].flatMap((name) => Array.from({ length: 10 }, (_, number) => `${name}/${number}.png`)),
    );
  });

  it('sets the same pictures apart whenever it is read, and others when its content differs', async () => {
    await writeClasses('.', 40);
    const before = await read();
    const again = await read();
    expect(again.digest).toBe(before.digest);
    expect(filesOf(again.test)).toEqual(filesOf(before.test));
    await folder.write('cat/0.png', await plainPng(4, 6, [1, 2, 3]));
    const after = await read();
    expect(after.digest).not.toBe(before.digest);
    expect(filesOf(after.test)).not.toEqual(filesOf(before.test));
  });

  it('takes pictures of various sizes to 224 × 224, or to the size that is asked for', async () => {
    await writeClasses('.', 3);
    await folder.write('dog/large.jpg', await plainJpeg(300, 20));
    expect((await read()).shape).toEqual([224, 224, 3]);
    expect((await read(48)).shape).toEqual([48, 48, 3]);
  });

  it('takes single pixels', async () => {
    for (const name of ['a/0', 'a/1', 'a/2', 'b/0', 'b/1', 'b/2']) await folder.write(`${name}.png`, await plainPng(1, 1));
    const dataset = await openDataset({ format: 'image-folder', path: folder.path }, { validationRatio: 0 });
    expect(dataset.shape).toEqual([1, 1, 3]);
    expect(dataset.normalisation.mean.map((mean) => Math.round(255 * mean))).toEqual([200, 100, 50]);
  });

  it('passes over what is no picture by its name, and takes pictures in folders inside a class folder', async () => {
    await writeClasses('.', 3);
    await folder.write('cat/readme.txt', 'cats');
    await folder.write('cat/.DS_Store', 'x');
    await folder.write('cat/images/deep.png', await plainPng(4, 6));
    expect((await read()).training.count + (await read()).test.count).toBe(7);
  });
});

describe('the two layouts of ILSVRC-2012', () => {
  const write = async (): Promise<void> => {
    await writeClasses('train', 3, ['n01440764', 'n01443537']);
    for (const number of [1, 2]) await folder.write(`val/ILSVRC2012_val_0000000${number}.JPEG`, await plainJpeg(4, 6));
  };

  it('with class folders: the validation split is what is tested with, and nothing is set apart', async () => {
    await writeClasses('train', 3, ['n01440764', 'n01443537']);
    await writeClasses('val', 1, ['n01440764', 'n01443537']);
    const { training, validation, test } = await read();
    expect([training.count, validation, test.count]).toEqual([6, undefined, 2]);
  });

  it('with a test split beside it the validation split is what one chooses by', async () => {
    for (const split of ['train', 'val', 'test']) await writeClasses(split, split === 'train' ? 3 : 1);
    const { splits } = await openDataset({ format: 'image-folder', path: folder.path }, { validationRatio: 0.5 });
    expect([splits.training, splits.validation, splits.test].map(({ indices }) => indices.length)).toEqual([6, 2, 2]);
    expect(filesOf(splits.validation.images)).toEqual(['val/cat/0.png', 'val/dog/0.png']);
  });

  it('with test pictures that nobody has labelled passes over these', async () => {
    await writeClasses('train', 3);
    await writeClasses('val', 1);
    await folder.write('test/ILSVRC2012_test_00000001.JPEG', await plainJpeg(4, 6));
    const { validation, test } = await read();
    expect(validation).toBeUndefined();
    expect(filesOf(test)).toEqual(['val/cat/0.png', 'val/dog/0.png']);
  });

  it.each([
    ['val/val.txt', 'ILSVRC2012_val_00000001.JPEG n01443537\nILSVRC2012_val_00000002.JPEG n01440764\n'],
    ['val.txt', 'ILSVRC2012_val_00000001.JPEG 1\nILSVRC2012_val_00000002.JPEG 0\n'],
    [
      'val/val_annotations.txt',
      'ILSVRC2012_val_00000001.JPEG\tn01443537\t0\t0\t3\t3\nILSVRC2012_val_00000002.JPEG\tn01440764\t0\t0\t3\t3\n',
    ],
    [
      'LOC_val_solution.csv',
      'ImageId,PredictionString\nILSVRC2012_val_00000002,n01440764 1 1 3 3 \nILSVRC2012_val_00000001,n01443537 1 1 3 3 \n',
    ],
  ])('flat, with the classes told by %s', async (file, content) => {
    await write();
    await folder.write(file, content);
    const { test, digest } = await read();
    expect([...test.labels]).toEqual([1, 0]);
    await folder.write(file, `${content}\n`);
    expect((await read()).digest).not.toBe(digest);
  });

  it('flat, with the classes told by the numbers of the development kit', async () => {
    await write();
    await folder.write('devkit/data/ILSVRC2012_validation_ground_truth.txt', '490\n361\n');
    await expect(read()).rejects.toThrow(refusal(/no map_clsloc\.txt that says which these are/));
    await folder.write('devkit/data/map_clsloc.txt', 'n01440764 361 tench\nn01443537 490 goldfish\n');
    expect([...(await read()).test.labels]).toEqual([1, 0]);
    await folder.write('devkit/data/ILSVRC2012_validation_ground_truth.txt', '490\n');
    await expect(read()).rejects.toThrow(refusal(/tells 1 classes, but there are 2 pictures/));
  });

  it.each([
    { name: 'nothing that tells the classes', file: 'other.txt', content: '', message: /nothing tells the classes of its pictures/ },
    {
      name: 'a picture that is not told',
      file: 'val.txt',
      content: 'ILSVRC2012_val_00000001.JPEG 1\n',
      message: /00000002\.JPEG is not told by val\.txt/,
    },
    {
      name: 'a class that is not trained on',
      file: 'val.txt',
      content: 'x.JPEG n999\n',
      message: /line 1 of val\.txt tells the class n999/,
    },
    {
      name: 'a number beyond the classes',
      file: 'val.txt',
      content: 'x.JPEG 0\ny.JPEG 2\n',
      message: /line 2 of val\.txt tells the class 2/,
    },
  ])('flat are refused with $name', async ({ file, content, message }) => {
    await write();
    await folder.write(file, content);
    await expect(read()).rejects.toThrow(refusal(message));
  });
});

describe('a folder of pictures is refused', () => {
  it.each([
    {
      name: 'with an empty class folder',
      spoil: () => folder.write('train/horse/notes.txt', 'none yet'),
      message: /the class folder train\/horse holds no picture/,
    },
    {
      name: 'with a picture beside the class folders',
      spoil: async () => folder.write('train/stray.png', await plainPng(4, 6)),
      message: /train\/stray\.png is a picture beside the class folders/,
    },
    {
      name: 'with pictures in formats that are not taken',
      spoil: () => folder.write('train/cat/old.bmp', 'BM'),
      message: /train\/cat\/old\.bmp is a picture in a format that is not taken/,
    },
    {
      name: 'with a class that only the test has',
      spoil: async () => folder.write('val/horse/0.png', await plainPng(4, 6)),
      message: /val\/horse is a class folder that the training pictures do not have/,
    },
    {
      name: 'with text that is called a picture',
      spoil: () => folder.write('train/cat/x.jpg', 'hello'),
      message: /train\/cat\/x\.jpg: .*unsupported/,
    },
    { name: 'with an empty file', spoil: () => folder.write('val/dog/x.png', ''), message: /val\/dog\/x\.png: is empty/ },
    {
      name: 'with a truncated JPEG, whose header is fine',
      spoil: async () => {
        const file = await gradient(64, 64).jpeg().toBuffer();
        await folder.write('train/cat/cut.jpg', file.subarray(0, file.length - 200));
      },
      message: /train\/cat\/cut\.jpg: is truncated: its jpeg data do not come to an end/,
    },
    {
      name: 'with a truncated PNG',
      spoil: async () => {
        const file = await gradient(64, 64).png().toBuffer();
        await folder.write('train/cat/cut.png', file.subarray(0, file.length - 20));
      },
      message: /train\/cat\/cut\.png: is truncated/,
    },
    {
      name: 'with a truncated WebP',
      spoil: async () => folder.write('train/cat/cut.webp', (await gradient(64, 64).webp().toBuffer()).subarray(0, 400)),
      message: /train\/cat\/cut\.webp: /,
    },
    {
      name: 'with several such files, each named',
      spoil: async () => {
        for (let number = 0; number < 7; number++) await folder.write(`train/cat/bad${number}.png`, 'x');
      },
      message: /7 files are no whole pictures: train\/cat\/bad0\.png.*bad4\.png.*and 2 more/,
    },
    {
      name: 'with a link that leads out of it',
      spoil: () => symlink('/etc', path.join(folder.path, 'train/etc')),
      message: /train\/etc is a link that leads out of the dataset’s folder/,
    },
    {
      name: 'with a link that leads nowhere',
      spoil: () => symlink('nowhere', path.join(folder.path, 'train/lost')),
      message: /train\/lost is a link that leads nowhere/,
    },
    {
      name: 'with a line break in a name',
      spoil: async () => folder.write('train/cat/a\nb.png', await plainPng(4, 6)),
      message: /"train\/cat\/a\\nb\.png" has a character that no name in a dataset may have/,
    },
    {
      name: 'with a link in a circle',
      spoil: () => symlink('..', path.join(folder.path, 'train/cat/up')),
      message: /lies more than 8 folders deep/,
    },
  ])('$name', async ({ spoil, message }) => {
    await writeClasses('train', 2);
    await writeClasses('val', 1);
    await spoil();
    await expect(read()).rejects.toThrow(refusal(message));
  });

  it('with one class', async () => {
    await writeClasses('train', 2, ['cat']);
    await expect(read()).rejects.toThrow(refusal(/has 1 class folders/));
  });
});

describe('what lies in a folder', () => {
  it('that has no known layout is refused with the layouts that are', async () => {
    await folder.write('notes.txt', '');
    await expect(datasetAt(folder.path)).rejects.toMatchObject({
      code: 'BAD_DATASET',
      hint: expect.stringMatching(/idx: .*\n.*cifar10: .*\n.*cifar100: .*\n.*voc: .*\n.*image-folder: /),
    });
    await folder.write('cifar-10-binary.tar.gz', '');
    await expect(datasetAt(folder.path)).rejects.toThrow(refusal(/holds the archive cifar-10-binary\.tar\.gz and no dataset/));
    await expect(datasetAt(path.join(folder.path, 'notes.txt'))).rejects.toThrow(refusal(/is a file/));
    await expect(datasetAt(path.join(folder.path, 'nowhere'))).rejects.toThrow(refusal(/there is no folder/));
  });
});
