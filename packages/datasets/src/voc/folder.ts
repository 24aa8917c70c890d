import path from 'node:path';
import { EspalierError, type DatasetLocation, type Digest } from '@espalier/core';
import { digestOf } from '@espalier/core/node';
import type { LabelledBox } from '../detection/box.ts';
import type { Scenes, StoredScenes } from '../detection/dataset.ts';
import { datasetDigest } from '../digest.ts';
import { mapInParallel, type ReadingListener } from '../in-parallel.ts';
import { PictureFiles } from '../pictures/files.ts';
import { scanPictures } from '../pictures/scan.ts';
import { readDatasetFile } from '../read-file.ts';
import { parseVocAnnotation, type VocAnnotation } from './annotation.ts';
import { vocClasses } from './classes.ts';
import { readVocLists, type VocEntry } from './lists.ts';

/** The input of SSD300 (Liu et al. 2016). */
const usualSide = 300;

interface ReadAnnotation {
  readonly file: string;
  readonly digest: Digest;
  readonly annotation: VocAnnotation;
}

/**
 * Reads one or several years of PASCAL VOC, or what has its layout: `Annotations`, `JPEGImages` and `ImageSets/Main`. Annotations are read, pictures looked at, none
 * decoded.
 * @throws EspalierError `BAD_DATASET`, naming the file and what is wrong with it.
 */
export async function readVocFolder(
  { path: given, imageSize = usualSide }: DatasetLocation,
  heard?: ReadingListener,
): Promise<StoredScenes> {
  const root = path.resolve(given);
  const { training, test, sources } = await readVocLists(root);
  const entries = [...training, ...test];
  const readAnnotation = async ({ annotation: file }: VocEntry): Promise<ReadAnnotation> => {
    const bytes = await readDatasetFile(root, file);
    return { file, digest: digestOf(bytes), annotation: parseVocAnnotation(bytes.toString('utf8'), file) };
  };
  const annotations = await mapInParallel(entries, readAnnotation, heard);
  const scanned = await scanPictures(
    root,
    entries.map(({ picture }) => picture),
    heard,
  );
  scanned.forEach(({ file, height, width }, place) => {
    const said = annotations[place]!;
    if (said.annotation.height === height && said.annotation.width === width) return;
    throw new EspalierError(
      'BAD_DATASET',
      `${said.file} is for a picture of ${said.annotation.width} × ${said.annotation.height}, but ${file} has ${width} × ${height}`,
      { hint: 'The boxes belong to another size of the picture: bring the two together again.', path: ['dataset', said.file] },
    );
  });
  const classes = classesOf(annotations.slice(0, training.length).map(({ annotation }) => annotation));
  const boxes = annotations.map(({ annotation, file }) => boxesOf(annotation, classes, file));
  const files = new PictureFiles(root, scanned);
  const scenes = (first: number, count: number): Scenes => ({
    count,
    files: files.subset(Array.from({ length: count }, (_, place) => first + place)),
    boxes: boxes.slice(first, first + count),
  });
  return {
    digest: datasetDigest([...scanned, ...annotations, ...sources]),
    shape: [imageSize, imageSize, 3],
    classes,
    training: scenes(0, training.length),
    test: scenes(training.length, test.length),
  };
}

/** VOC's twenty classes in their order, or, where there are others, those of the training pictures, sorted. */
function classesOf(annotations: readonly VocAnnotation[]): readonly string[] {
  const found = new Set(annotations.flatMap(({ objects }) => objects.map(({ name }) => name)));
  if (found.size === 0) {
    throw new EspalierError('BAD_DATASET', 'no training picture has an object in it', {
      hint: 'Annotate some.',
      path: ['dataset', 'Annotations'],
    });
  }
  const known = new Set<string>(vocClasses);
  return [...found].every((name) => known.has(name)) ? vocClasses : [...found].sort();
}

function boxesOf({ objects }: VocAnnotation, classes: readonly string[], file: string): LabelledBox[] {
  return objects.map(({ name, ...box }) => {
    const label = classes.indexOf(name);
    if (label >= 0) return { ...box, label };
    throw new EspalierError('BAD_DATASET', `${file} has an object of class ${name}, which no training picture has`, {
      hint: 'Each class needs training pictures.',
      path: ['dataset', file],
    });
  });
}
