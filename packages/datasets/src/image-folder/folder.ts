import path from 'node:path';
import { EspalierError, type DatasetLocation } from '@espalier/core';
import type { ImageShape, LabelledFiles, StoredDataset } from '../dataset.ts';
import { datasetDigest } from '../digest.ts';
import type { ReadingListener } from '../in-parallel.ts';
import { listFolder } from '../listing.ts';
import { PictureFiles } from '../pictures/files.ts';
import { scanPictures, type ScannedPicture } from '../pictures/scan.ts';
import { divide } from '../splits.ts';
import { labelled, layoutOf, listSplit, withoutUnlabelledTest, type ListedSplit } from './layout.ts';
import { listClasses } from './tree.ts';

/** Of a folder that sets no pictures apart, this share of every class is never trained on. */
const testRatio = 0.2;
/** The input of the networks that ILSVRC's papers train. */
const usualSide = 224;
/** Pictures that all have one size up to this are taken as they are. */
const largestOwnSide = 512;

/**
 * Reads a folder with one folder a class, or the two layouts of ILSVRC-2012 (`train/<class>/…` with `val/<class>/…`, or with a flat `val` and a file that
 * tells its classes). Every file is looked at, none decoded: pictures stay where they are and have their turn when a batch wants them.
 *
 * Where there is neither a test nor a validation folder, a fifth of every class is set apart by a rule that the dataset's digest fixes.
 * @throws EspalierError `BAD_DATASET`, naming the file or folder and what is wrong with it.
 */
export async function readImageFolder({ path: given, imageSize }: DatasetLocation, heard?: ReadingListener): Promise<StoredDataset> {
  const root = path.resolve(given);
  const called = layoutOf(await listFolder(root));
  const found = await listClasses(root, called.training);
  if (found.length < 2) {
    throw new EspalierError('BAD_DATASET', `${path.join(root, called.training)} has ${found.length} class folders`, {
      hint: 'A dataset to classify has a folder for each of at least two classes.',
      path: ['dataset'],
    });
  }
  const classes = found.map(({ name }) => name);
  const layout = await withoutUnlabelledTest(root, called, classes);
  const training = labelled(found, classes, layout.training);
  const validation = layout.validation === null ? null : await listSplit(root, layout.validation, classes);
  const test = layout.test === null ? null : await listSplit(root, layout.test, classes);
  const splits = [training, validation, test].filter((split) => split !== null);
  const scanned = await scanPictures(
    root,
    splits.flatMap(({ files }) => files),
    heard,
  );
  const digest = datasetDigest([...scanned, ...splits.flatMap(({ sources }) => sources)]);
  // Grey only where every picture is: one in colour makes all of them so.
  const channels = scanned.every(({ grey }) => grey) ? 1 : 3;
  const own = ownSize(scanned);
  const [height, width] = imageSize !== undefined ? [imageSize, imageSize] : (own ?? [usualSide, usualSide]);
  const all = new PictureFiles(root, scanned);
  let start = 0;
  const take = ({ files, labels }: ListedSplit): LabelledFiles => {
    const first = start;
    start += files.length;
    return {
      count: files.length,
      files: all.subset(files.map((_, place) => first + place)),
      labels,
    };
  };
  const shape: ImageShape = [height, width, channels];
  const stored = { digest, shape, classes, ...(imageSize === undefined && own === null ? { resized: true as const } : {}) };
  const takenTraining = take(training);
  const takenValidation = validation === null ? {} : { validation: take(validation) };
  if (test !== null) return { ...stored, training: takenTraining, ...takenValidation, test: take(test) };
  const { kept, heldOut } = divide({ ...stored, labels: training.labels }, testRatio, 'test');
  if (heldOut.length === 0) {
    throw new EspalierError('BAD_DATASET', `${root} has too few pictures to set some apart for a test`, {
      hint: 'Give each class at least three pictures, or bring a test folder.',
      path: ['dataset'],
    });
  }
  return { ...stored, training: part(takenTraining, kept), test: part(takenTraining, heldOut) };
}

const part = ({ files, labels }: LabelledFiles, indices: Uint32Array): LabelledFiles => ({
  count: indices.length,
  files: files.subset(indices),
  labels: Uint16Array.from(indices, (index) => labels[index]!),
});

/** The size that all pictures have, small enough to be taken as it is; else null. */
function ownSize(pictures: readonly ScannedPicture[]): readonly [height: number, width: number] | null {
  const [{ height, width }] = pictures as [ScannedPicture, ...ScannedPicture[]];
  const haveOneSize = pictures.every((picture) => picture.height === height && picture.width === width);
  return haveOneSize && Math.max(height, width) <= largestOwnSide ? [height, width] : null;
}
