import path from 'node:path';
import { EspalierError, type Digest } from '@espalier/core';
import { digestOf } from '@espalier/core/node';
import { listFolder } from '../listing.ts';
import { readDatasetFile } from '../read-file.ts';

/** The class of each picture of a flat folder, by its file name without ending, and the files that told it. */
export interface GroundTruth {
  readonly classOf: ReadonlyMap<string, string>;
  readonly sources: readonly { readonly file: string; readonly digest: Digest }[];
}

/** Where the files that tell classes may lie: in the dataset's folder, in the pictures' one, and where ILSVRC-2012's kit has its data. */
const places = (split: string): string[] => ['.', split, 'devkit/data', 'ILSVRC2012_devkit_t12/data'];

const solution = 'LOC_val_solution.csv';
const numbered = 'ILSVRC2012_validation_ground_truth.txt';
const synsets = 'map_clsloc.txt';
/** ILSVRC's own files are for its validation split alone. */
const truthFiles = (split: string): string[] => [
  ...(split === 'val' ? [solution] : []),
  `${split}.txt`,
  `${split}_annotations.txt`,
  `${split}_map.txt`,
  ...(split === 'val' ? [numbered] : []),
];

interface Source {
  readonly file: string;
  readonly lines: readonly string[];
  readonly digest: Digest;
}

/**
 * Finds what tells the classes of a folder of pictures without class folders, as ILSVRC-2012's validation split is shipped. Taken are, the first that is there:
 * - `LOC_val_solution.csv`, lines of `<picture>,<class> <box>…`;
 * - `<split>.txt`, `<split>_annotations.txt` or `<split>_map.txt`, lines of `<file> <class>`, or with the class's number from 0 in their sorted order;
 * - `ILSVRC2012_validation_ground_truth.txt`, line i the number of the i-th picture's class, with `map_clsloc.txt`, lines of `<class> <number> <name>`.
 *
 * @param pictures of the split, sorted.
 * @returns null where none of them is there.
 * @throws EspalierError `BAD_DATASET`, naming file and line.
 */
export async function findGroundTruth(
  root: string,
  split: string,
  pictures: readonly string[],
  classes: readonly string[],
): Promise<GroundTruth | null> {
  const found = await findFile(root, split, truthFiles(split));
  if (found === null) return null;
  const name = path.basename(found.file);
  if (name === numbered) return numberedTruth(found, await findFile(root, split, [synsets]), pictures);
  const classOf = new Map<string, string>();
  const known = new Set(classes);
  found.lines.forEach((line, number) => {
    if (line === '' || line.startsWith('ImageId,')) return;
    const [file, told] = line.split(/[\s,]+/);
    const label = told !== undefined && !known.has(told) && /^\d+$/.test(told) ? classes[Number(told)] : told;
    if (file === undefined || label === undefined || !known.has(label)) {
      throw badLine(found.file, number, `tells the class ${told ?? '(none)'}, which has no folder among the training pictures`);
    }
    classOf.set(stem(file), label);
  });
  return { classOf, sources: [found] };
}

/** Whether anything tells the classes of a flat folder; not yet whether it does so for all of its pictures. */
export const hasGroundTruth = async (root: string, split: string): Promise<boolean> =>
  (await findFile(root, split, truthFiles(split))) !== null;

/** The name by which a picture is spoken of: without folder and ending. */
export const stem = (file: string): string => path.posix.parse(file).name;

function numberedTruth(truth: Source, map: Source | null, pictures: readonly string[]): GroundTruth {
  if (map === null) {
    throw new EspalierError(
      'BAD_DATASET',
      `${truth.file} tells classes by the numbers of ILSVRC-2012, and there is no ${synsets} that says which these are`,
      {
        hint: `Put ${synsets} of the development kit beside it (lines such as "n02119789 1 kit_fox"); its meta.mat cannot be read here.`,
        path: ['dataset', truth.file],
      },
    );
  }
  const classByNumber = new Map(map.lines.map((line) => line.split(/\s+/)).map(([name, number]) => [number ?? '', name ?? '']));
  const numbers = truth.lines.filter((line) => line !== '');
  if (numbers.length !== pictures.length) {
    throw new EspalierError('BAD_DATASET', `${truth.file} tells ${numbers.length} classes, but there are ${pictures.length} pictures`, {
      hint: 'Line i is for the i-th picture by name: fetch what is lacking.',
      path: ['dataset', truth.file],
    });
  }
  const classOf = new Map(
    numbers.map((number, place) => {
      const name = classByNumber.get(number);
      if (name === undefined) throw badLine(truth.file, place, `tells class number ${number}, which ${map.file} does not have`);
      return [stem(pictures[place]!), name];
    }),
  );
  return { classOf, sources: [truth, map] };
}

async function findFile(root: string, split: string, names: readonly string[]): Promise<Source | null> {
  for (const name of names) {
    for (const place of places(split)) {
      const listing = await listFolder(root, place).catch(() => null);
      if (listing === null || !listing.files.includes(name)) continue;
      const file = path.posix.join(place, name);
      const bytes = await readDatasetFile(root, file);
      const lines = bytes
        .toString('utf8')
        .split('\n')
        .map((line) => line.trim());
      return { file, lines, digest: digestOf(bytes) };
    }
  }
  return null;
}

const badLine = (file: string, place: number, what: string): EspalierError =>
  new EspalierError('BAD_DATASET', `line ${place + 1} of ${file} ${what}`, {
    hint: 'The file must belong to these pictures and classes.',
    path: ['dataset', file, place + 1],
  });
