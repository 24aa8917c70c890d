import { EspalierError } from '@espalier/core';
import { listFolder, type Listing } from '../listing.ts';
import { findGroundTruth, hasGroundTruth, stem, type GroundTruth } from './ground-truth.ts';
import { listClasses, listPictures, type PicturesOfClass } from './tree.ts';

/** Which folder is which split. */
export interface FolderLayout {
  readonly training: string;
  readonly validation: string | null;
  /** null: no pictures are set apart, and some of the training ones are (see `readImageFolder`). */
  readonly test: string | null;
}

const trainingNames = ['train', 'training'];
const validationNames = ['val', 'valid', 'validation'];
const testNames = ['test', 'testing'];

const firstOf = (names: readonly string[], { folders }: Listing): string | null => names.find((name) => folders.includes(name)) ?? null;

/**
 * `train` with `val` and `test`: as they are called. `train` with only one of them: that one is the test split, as papers on ILSVRC-2012 report on its
 * validation split, and pictures to choose by come from the training split. No `train`: the folders are the classes.
 */
export function layoutOf(listing: Listing): FolderLayout {
  const training = firstOf(trainingNames, listing);
  if (training === null) return { training: '.', validation: null, test: null };
  const validation = firstOf(validationNames, listing);
  const test = firstOf(testNames, listing);
  return test === null ? { training, validation: null, test: validation } : { training, validation, test };
}

/**
 * The same without a `test` beside `val` whose classes nothing tells: ILSVRC's test pictures are not labelled, and cannot test anything. A folder `test` of that
 * kind alone is left in, to be refused by name.
 */
export async function withoutUnlabelledTest(root: string, layout: FolderLayout, classes: readonly string[]): Promise<FolderLayout> {
  const { validation, test } = layout;
  if (validation === null || test === null) return layout;
  const { folders } = await listFolder(root, test);
  const isLabelled = folders.some((folder) => classes.includes(folder)) || (await hasGroundTruth(root, test));
  return isLabelled ? layout : { ...layout, validation: null, test: validation };
}

/** The pictures of a split that is not the training one, in class folders or flat with a file that tells their classes. */
export interface ListedSplit {
  readonly files: readonly string[];
  readonly labels: Uint16Array;
  readonly sources: GroundTruth['sources'];
}

export function labelled(found: readonly PicturesOfClass[], classes: readonly string[], split: string): ListedSplit {
  const files = found.flatMap((given) => given.files);
  const labels = new Uint16Array(files.length);
  let start = 0;
  for (const { name, files: members } of found) {
    const label = classes.indexOf(name);
    if (label === -1) {
      throw new EspalierError('BAD_DATASET', `${split}/${name} is a class folder that the training pictures do not have`, {
        hint: 'Each class needs training pictures; remove the folder or mend its name.',
        path: ['dataset', `${split}/${name}`],
      });
    }
    labels.fill(label, start, start + members.length);
    start += members.length;
  }
  return { files, labels, sources: [] };
}

/** @throws EspalierError `BAD_DATASET` for a flat folder of which nothing tells the classes, or not those of all its pictures. */
export async function listSplit(root: string, split: string, classes: readonly string[]): Promise<ListedSplit> {
  const listing = await listFolder(root, split);
  const inClassFolders = listing.folders.some((folder) => classes.includes(folder));
  if (inClassFolders) return labelled(await listClasses(root, split), classes, split);
  const files = await listPictures(root, split);
  if (files.length === 0) {
    throw new EspalierError('BAD_DATASET', `the folder ${split} holds no picture`, {
      hint: 'Fill it or remove it.',
      path: ['dataset', split],
    });
  }
  const truth = await findGroundTruth(root, split, files, classes);
  if (truth === null) {
    throw new EspalierError(
      'BAD_DATASET',
      `${split} has no class folders that the training pictures have, and nothing tells the classes of its pictures`,
      {
        hint: `Sort them into class folders, or put ${split}.txt beside them, a line "<file> <class>" each.`,
        path: ['dataset', split],
      },
    );
  }
  const labels = files.map((file) => {
    const name = truth.classOf.get(stem(file));
    const label = name === undefined ? -1 : classes.indexOf(name);
    if (label >= 0) return label;
    const why = name === undefined ? `is not told by ${truth.sources[0]!.file}` : `is ${name}, of which there are no training pictures`;
    throw new EspalierError('BAD_DATASET', `the class of ${file} ${why}`, {
      hint: 'The file must belong to these pictures and classes.',
      path: ['dataset', file],
    });
  });
  return { files, labels: Uint16Array.from(labels), sources: truth.sources };
}
