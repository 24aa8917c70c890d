import path from 'node:path';
import { EspalierError, type Digest } from '@espalier/core';
import { digestOf } from '@espalier/core/node';
import { listFolder } from '../listing.ts';
import { readDatasetFile } from '../read-file.ts';

/** A picture of a VOC year, `2007_000032` of `VOC2012`: where its two files lie below the dataset's folder. */
export interface VocEntry {
  readonly picture: string;
  readonly annotation: string;
}

export interface VocLists {
  readonly training: readonly VocEntry[];
  readonly test: readonly VocEntry[];
  readonly sources: readonly { readonly file: string; readonly digest: Digest }[];
}

/** Names on a list become parts of paths. */
const plainName = /^[\w-]+(\.[\w-]+)*$/;
const yearFolder = /^VOC\d{4}$/;

/** The folders that hold years: the given one, or those in it, or in the VOCdevkit in it. */
export async function vocYears(root: string): Promise<string[]> {
  const { folders } = await listFolder(root);
  if (folders.includes('Annotations')) return ['.'];
  const years = folders.filter((name) => yearFolder.test(name));
  if (years.length > 0 || !folders.includes('VOCdevkit')) return years;
  const inside = await listFolder(root, 'VOCdevkit');
  return inside.folders.filter((name) => yearFolder.test(name)).map((name) => `VOCdevkit/${name}`);
}

/**
 * Which pictures are trained on and which test, by `ImageSets/Main`: where a year has a list `test` with annotations (VOC2007), those test and every `trainval` is trained
 * on, as papers do with 07+12; otherwise every `train` is trained on and `val` tests. Annotations of VOC2012's test pictures were never published: its
 * list is passed over.
 * @throws EspalierError `BAD_DATASET` for lists, pictures and annotations that are not there, and for pictures that are listed twice, on both sides or on one.
 */
export async function readVocLists(root: string): Promise<VocLists> {
  const years = await Promise.all((await vocYears(root)).map((folder) => openYear(root, folder)));
  const sources: { file: string; digest: Digest }[] = [];
  const listed = async (year: Year, name: string): Promise<VocEntry[]> => {
    const file = path.posix.join(year.folder, 'ImageSets/Main', `${name}.txt`);
    const bytes = await readDatasetFile(root, file);
    sources.push({ file, digest: digestOf(bytes) });
    return bytes
      .toString('utf8')
      .split('\n')
      .flatMap((line, place) => entriesOf(line, `line ${place + 1} of ${file}`, year));
  };
  const isAnnotated = (year: Year): boolean => year.lists.has('test') && year.annotatesTest;
  const tested = years.filter(isAnnotated);
  const [trainingName, testName] = tested.length > 0 ? ['trainval', 'test'] : ['train', 'val'];
  const trainingLists: VocEntry[][] = [];
  const testLists: VocEntry[][] = [];
  for (const year of years) {
    const names = trainingName === 'trainval' && !year.lists.has('trainval') ? ['train', 'val'] : [trainingName!];
    for (const name of names) if (year.lists.has(name)) trainingLists.push(await listed(year, name));
    if (tested.length === 0 ? year.lists.has(testName!) : isAnnotated(year)) testLists.push(await listed(year, testName!));
  }
  const [training, test] = [trainingLists.flat(), testLists.flat()];
  if (training.length === 0 || test.length === 0) {
    // Where there is a trainval, it is for want of a test that nothing is left to train on.
    const lacksTest = test.length === 0 && (training.length > 0 || years.some(({ lists }) => lists.has('trainval')));
    throw new EspalierError('BAD_DATASET', `${root} lists no pictures ${lacksTest ? 'to test with' : 'to train on'}`, {
      hint: 'ImageSets/Main needs trainval.txt and test.txt, or train.txt and val.txt, with a name a line.',
      path: ['dataset', 'ImageSets/Main'],
    });
  }
  for (const split of [training, test]) refuseRepeated(split);
  refuseShared(training, test);
  return { training, test, sources };
}

interface Year {
  readonly folder: string;
  readonly lists: ReadonlySet<string>;
  readonly pictures: ReadonlyMap<string, string>;
  readonly annotations: ReadonlySet<string>;
  readonly annotatesTest: boolean;
}

async function openYear(root: string, folder: string): Promise<Year> {
  const inside = (name: string): string => path.posix.join(folder, name);
  const [lists, pictures, annotations] = await Promise.all(
    ['ImageSets/Main', 'JPEGImages', 'Annotations'].map((name) => listFolder(root, inside(name))),
  );
  const annotated = new Set(annotations!.files.map((file) => path.posix.parse(file).name));
  const listNames = new Set(lists!.files.filter((file) => file.endsWith('.txt')).map((file) => path.posix.parse(file).name));
  const firstTested = listNames.has('test')
    ? (await readDatasetFile(root, inside('ImageSets/Main/test.txt'))).toString('utf8').split('\n')[0]!.trim()
    : '';
  return {
    folder,
    lists: listNames,
    pictures: new Map(pictures!.files.map((file) => [path.posix.parse(file).name, file])),
    annotations: annotated,
    annotatesTest: annotated.has(firstTested.split(/\s+/)[0]!),
  };
}

function entriesOf(line: string, where: string, { folder, pictures, annotations }: Year): VocEntry[] {
  const [name] = line.trim().split(/\s+/);
  if (name === undefined || name === '') return [];
  const refuse = (what: string) =>
    new EspalierError('BAD_DATASET', `${where} ${what}`, {
      hint: 'Mend the list, or fetch what is lacking.',
      path: ['dataset', 'ImageSets/Main'],
    });
  if (!plainName.test(name)) throw refuse(`names ${JSON.stringify(name)}, which is no name of a picture`);
  const file = pictures.get(name);
  if (file === undefined) throw refuse(`names ${name}, of which there is no picture in JPEGImages`);
  if (!annotations.has(name)) throw refuse(`names ${name}, of which there is no file in Annotations`);
  return [{ picture: path.posix.join(folder, 'JPEGImages', file), annotation: path.posix.join(folder, 'Annotations', `${name}.xml`) }];
}

/** Listed twice, a picture would count twice, or be learnt from and held out at once. */
function refuseRepeated(entries: readonly VocEntry[]): void {
  const seen = new Set<string>();
  for (const { picture } of entries) {
    if (seen.has(picture)) {
      throw new EspalierError('BAD_DATASET', `${picture} is listed twice`, {
        hint: 'Take it off its list, or off one of the lists, once.',
        path: ['dataset', picture],
      });
    }
    seen.add(picture);
  }
}

function refuseShared(training: readonly VocEntry[], test: readonly VocEntry[]): void {
  const trained = new Set(training.map(({ picture }) => picture));
  const shared = test.find(({ picture }) => trained.has(picture));
  if (shared === undefined) return;
  throw new EspalierError('BAD_DATASET', `${shared.picture} is both trained on and tested with`, {
    hint: 'Take it off one of the lists: a test of what was learnt by heart says nothing.',
    path: ['dataset', shared.picture],
  });
}
