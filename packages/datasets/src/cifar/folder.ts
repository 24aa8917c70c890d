import path from 'node:path';
import { EspalierError, type Digest } from '@espalier/core';
import { digestOf } from '@espalier/core/node';
import type { DatasetInMemory, LabelledImages } from '../dataset.ts';
import { datasetDigest } from '../digest.ts';
import { listFolder, type Listing } from '../listing.ts';
import { readDatasetFile } from '../read-file.ts';
import { cifarShape, decodeCifar, type CifarFile, type CifarLabels } from './format.ts';

/** What tells the two CIFARs apart. */
export interface CifarLayout {
  readonly title: string;
  /** The folder that the archive unpacks to. */
  readonly folder: string;
  readonly training: readonly string[];
  readonly test: string;
  /** The layout with Python pickles has all of these files, in a folder of this name. */
  readonly pickles: { readonly folder: string; readonly files: readonly string[] };
}

export const cifar10Layout: CifarLayout = {
  title: 'CIFAR-10',
  folder: 'cifar-10-batches-bin',
  training: [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`),
  test: 'test_batch.bin',
  pickles: { folder: 'cifar-10-batches-py', files: ['batches.meta', 'data_batch_1', 'test_batch'] },
};

export const cifar100Layout: CifarLayout = {
  title: 'CIFAR-100',
  folder: 'cifar-100-binary',
  training: ['train.bin'],
  test: 'test.bin',
  pickles: { folder: 'cifar-100-python', files: ['meta', 'train', 'test'] },
};

/** Whether a folder, or the one in it that the archive unpacks to, has this layout: as binaries or, for `readCifarFolder` to refuse, as pickles. */
export const looksLikeCifar = (layout: CifarLayout, listing: Listing): boolean =>
  listing.folders.includes(layout.folder) ||
  [...layout.training, layout.test].some((file) => listing.files.includes(file)) ||
  looksPickled(layout, listing);

const looksPickled = ({ pickles }: CifarLayout, { folders, files }: Listing): boolean =>
  folders.includes(pickles.folder) || pickles.files.every((file) => files.includes(file));

/**
 * Reads the binary version of CIFAR-10 or CIFAR-100 from its folder, or the folder around it.
 * @param names file with the names of the classes, one a line; without it the classes are called by their numbers.
 * @throws EspalierError `BAD_DATASET`, naming the file and what is wrong with it.
 */
export async function readCifarFolder(root: string, layout: CifarLayout, labels: CifarLabels, names: string): Promise<DatasetInMemory> {
  const outer = await listFolder(root);
  const inside = outer.folders.includes(layout.folder);
  const folder = inside ? path.join(root, layout.folder) : root;
  const { files } = inside ? await listFolder(folder) : outer;
  if (!inside && looksPickled(layout, outer)) throw pickled(layout, folder);
  const read = async (file: string): Promise<CifarFile & NamedFile> => {
    if (!files.includes(file)) {
      throw new EspalierError('BAD_DATASET', `the dataset folder ${folder} has no file ${file}`, {
        hint: `${layout.title} is a folder with ${[...layout.training, layout.test].join(', ')}.`,
        path: ['dataset', file],
      });
    }
    const bytes = await readDatasetFile(folder, file);
    return { file, digest: digestOf(bytes), ...decodeCifar(bytes, file, labels) };
  };
  const training: (CifarFile & NamedFile)[] = [];
  for (const file of layout.training) training.push(await read(file));
  const test = await read(layout.test);
  refuseUnequal(training);
  const classNames = files.includes(names) ? await readNames(folder, names, labels.classCount) : null;
  return {
    digest: datasetDigest([...training, test, ...(classNames === null ? [] : [classNames]), ...labelsMark(labels)]),
    shape: cifarShape,
    classes: classNames?.classes ?? Array.from({ length: labels.classCount }, (_, label) => String(label)),
    training: joined(training),
    test: { count: test.count, pixels: test.pixels, labels: test.labels },
  };
}

interface NamedFile {
  readonly file: string;
  readonly digest: Digest;
}

const pickled = ({ title, training }: CifarLayout, folder: string): EspalierError =>
  new EspalierError('BAD_DATASET', `${folder} holds ${title} as Python pickles, which are programs more than data and are not run here`, {
    hint: `Fetch the binary version of ${title} ("suitable for C programs"): the same pictures in ${training[0]} and so on.`,
    path: ['dataset'],
  });

/** The same files with their other labels are another dataset: what is not the last label byte, as usual, is marked as if it were a file. */
const labelsMark = ({ bytes, used }: CifarLabels): NamedFile[] =>
  used === bytes - 1 ? [] : [{ file: 'labels', digest: digestOf(`label ${used}`) }];

/** A file that lost its end exactly between two pictures has a fine length; its siblings tell. */
function refuseUnequal(training: readonly (CifarFile & NamedFile)[]): void {
  const longest = training.reduce((a, b) => (b.count > a.count ? b : a));
  const shorter = training.find(({ count }) => count < longest.count);
  if (shorter === undefined) return;
  throw new EspalierError(
    'BAD_DATASET',
    `${shorter.file} is truncated: it has ${shorter.count} pictures, ${longest.file} has ${longest.count}`,
    {
      hint: 'Fetch or unpack the file again: all training files hold the same number of pictures.',
      path: ['dataset', shorter.file],
    },
  );
}

async function readNames(folder: string, file: string, classCount: number): Promise<NamedFile & { classes: string[] }> {
  const bytes = await readDatasetFile(folder, file);
  const classes = bytes
    .toString('utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (classes.length !== classCount) {
    throw new EspalierError('BAD_DATASET', `${file} names ${classes.length} classes, but there are ${classCount}`, {
      hint: 'One name a line; without the file the classes are called by their numbers.',
      path: ['dataset', file],
    });
  }
  return { file, digest: digestOf(bytes), classes };
}

function joined(parts: readonly CifarFile[]): LabelledImages {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const pixels = new Uint8Array(parts.reduce((sum, part) => sum + part.pixels.length, 0));
  const labels = new Uint8Array(count);
  let place = 0;
  for (const part of parts) {
    pixels.set(part.pixels, place * (part.pixels.length / part.count));
    labels.set(part.labels, place);
    place += part.count;
  }
  return { count, pixels, labels };
}
