import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { EspalierError } from '@espalier/core';
import { digestOf } from '@espalier/core/node';
import type { DatasetInMemory, Labels, LabelledImages } from '../dataset.ts';
import { datasetDigest } from '../digest.ts';
import { listFolder } from '../listing.ts';
import { readDatasetFile } from '../read-file.ts';
import { decodeIdx, type IdxArray } from './format.ts';

/** The four files of an IDX dataset, by the names that MNIST gave them. */
export const idxFileNames = {
  trainingImages: 'train-images-idx3-ubyte',
  trainingLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
} as const;

/** Unpacked files beyond this are refused, so that a small gzip file cannot fill the memory. */
const largestFileBytes = 4 * 1024 ** 3;

/**
 * Reads a folder of four IDX files, each plain or with `.gz` behind its name; `train-images.idx3-ubyte`, as some tools write it, is taken
 * as well. Pictures are [count, height, width] or [count, height, width, channels].
 * @throws EspalierError `BAD_DATASET`, naming the folder or file and what is wrong with it.
 */
export async function readIdxFolder(folder: string): Promise<DatasetInMemory> {
  const { files } = await listFolder(folder);
  const [trainingImages, trainingLabels, testImages, testLabels] = await Promise.all([
    readIdxFile(folder, files, idxFileNames.trainingImages),
    readIdxFile(folder, files, idxFileNames.trainingLabels),
    readIdxFile(folder, files, idxFileNames.testImages),
    readIdxFile(folder, files, idxFileNames.testLabels),
  ]);
  const training = pair(trainingImages, trainingLabels);
  const test = pair(testImages, testLabels);
  const shape = pictureShape(trainingImages);
  const testShape = pictureShape(testImages);
  if (shape.join() !== testShape.join()) {
    throw new EspalierError(
      'BAD_DATASET',
      `training and test pictures differ in size: ${trainingImages.file} has ${shape.join(' × ')}, ${testImages.file} has ${testShape.join(' × ')}`,
      { hint: 'Both splits need pictures of the same height, width and channels.' },
    );
  }
  const classCount = Math.max(2, largest(training.labels) + 1);
  if (largest(test.labels) >= classCount) {
    throw new EspalierError('BAD_DATASET', `${testLabels.file} has label ${largest(test.labels)}, which no training picture has`, {
      hint: 'Labels count from 0, and each class needs training pictures.',
    });
  }
  return {
    digest: datasetDigest([trainingImages, trainingLabels, testImages, testLabels].map(({ file, digest }) => ({ file, digest }))),
    shape,
    classes: Array.from({ length: classCount }, (_, label) => String(label)),
    training,
    test,
  };
}

interface IdxFile extends IdxArray {
  readonly file: string;
  readonly digest: string;
}

async function readIdxFile(folder: string, files: readonly string[], name: string): Promise<IdxFile> {
  const dotted = name.replace('-idx', '.idx');
  const file = [name, `${name}.gz`, dotted, `${dotted}.gz`].find((candidate) => files.includes(candidate));
  if (file === undefined) {
    throw new EspalierError('BAD_DATASET', `the dataset folder ${folder} has no file ${name}`, {
      hint: `An IDX dataset is a folder with ${Object.values(idxFileNames).join(', ')}, each plain or with .gz behind its name.`,
    });
  }
  const stored = await readDatasetFile(folder, file);
  const bytes = file.endsWith('.gz') ? await unpack(stored, file) : stored;
  return { file, digest: digestOf(stored), ...decodeIdx(bytes, file) };
}

async function unpack(stored: Uint8Array, file: string): Promise<Uint8Array> {
  try {
    return await promisify(gunzip)(stored, { maxOutputLength: largestFileBytes });
  } catch (cause) {
    throw new EspalierError('BAD_DATASET', `${file} is not a whole gzip file: ${(cause as Error).message}`, {
      hint: 'Fetch or write the file again.',
      cause,
    });
  }
}

function pictureShape({ shape, file }: IdxFile): [number, number, number] {
  const [, height, width, channels = 1] = shape;
  if (height === undefined || width === undefined || height * width * channels === 0) {
    throw new EspalierError('BAD_DATASET', `${file} has shape ${shape.join(' × ')}, which are no pictures`, {
      hint: 'Pictures are count × height × width, or count × height × width × channels.',
    });
  }
  return [height, width, channels];
}

function pair(images: IdxFile, labels: IdxFile): LabelledImages {
  const [imageCount] = images.shape;
  const [labelCount] = labels.shape;
  if (labels.shape.length !== 1) {
    throw new EspalierError('BAD_DATASET', `${labels.file} has ${labels.shape.length} axes; labels have one`, {
      hint: 'Write one byte a label.',
    });
  }
  if (imageCount !== labelCount || imageCount === undefined) {
    throw new EspalierError('BAD_DATASET', `${images.file} holds ${imageCount} pictures, but ${labels.file} ${labelCount} labels`, {
      hint: 'The two files belong together: take both from one source.',
    });
  }
  if (imageCount === 0)
    throw new EspalierError('BAD_DATASET', `${images.file} holds no picture`, { hint: 'Each split needs at least one.' });
  return { count: imageCount, pixels: images.values, labels: labels.values };
}

function largest(labels: Labels): number {
  let most = 0;
  for (const label of labels) most = Math.max(most, label);
  return most;
}
