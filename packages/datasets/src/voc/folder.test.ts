import { describe, expect, it } from 'vitest';
import { plainJpeg } from '../../test/pictures.ts';
import { refusal, temporaryFolder } from '../../test/temporary-folder.ts';
import { openDataset, openDetectionDataset } from '../open.ts';
import { datasetAt } from '../recognise.ts';
import { vocClasses } from './classes.ts';
import { readVocFolder } from './folder.ts';

const folder = temporaryFolder();
const read = () => readVocFolder({ format: 'voc', path: folder.path });

type ObjectOf = { name?: string; box?: readonly [number, number, number, number]; difficult?: number };

const annotationOf = (objects: readonly ObjectOf[], width = 20, height = 10): string =>
  `<annotation><folder>VOC2007</folder><size><width>${width}</width><height>${height}</height><depth>3</depth></size>${objects
    .map(
      ({ name = 'dog', box: [xmin, ymin, xmax, ymax] = [1, 1, 20, 10], difficult = 0 }) =>
        `<object><name>${name}</name><part><name>head</name><bndbox><xmin>2</xmin></bndbox></part><difficult>${difficult}</difficult>
         <bndbox><xmax>${xmax}</xmax><xmin>${xmin}</xmin><ymin>${ymin}</ymin><ymax>${ymax}</ymax></bndbox></object>`,
    )
    .join('')}</annotation>`;

interface Lists {
  [name: string]: readonly string[];
}

async function writeYear(
  lists: Lists,
  { year = '', annotated = Object.values(lists).flat(), objects = [{}] as readonly ObjectOf[] } = {},
): Promise<void> {
  const inside = year === '' ? '' : `${year}/`;
  for (const name of ['Annotations', 'JPEGImages']) await folder.write(`${inside}${name}/.keep`, '');
  for (const [name, entries] of Object.entries(lists))
    await folder.write(`${inside}ImageSets/Main/${name}.txt`, entries.map((entry) => `${entry}\n`).join(''));
  for (const entry of new Set(Object.values(lists).flat())) await folder.write(`${inside}JPEGImages/${entry}.jpg`, await plainJpeg(10, 20));
  for (const entry of new Set(annotated)) await folder.write(`${inside}Annotations/${entry}.xml`, annotationOf(objects));
}

describe('a folder of PASCAL VOC', () => {
  it('gives boxes from the first pixel to behind the last, with their class and whether they are difficult', async () => {
    await writeYear({ trainval: ['000001', '000002'], test: ['000003'] });
    await folder.write(
      'Annotations/000001.xml',
      annotationOf([
        { name: 'tvmonitor', box: [3, 2, 20, 10], difficult: 1 },
        { name: 'person', box: [5.5, 1, 5.5, 4] },
      ]),
    );
    expect(await datasetAt(folder.path)).toMatchObject({ format: 'voc' });
    const { classes, shape, training, test } = await read();
    expect({ classes, shape }).toEqual({ classes: vocClasses, shape: [300, 300, 3] });
    expect(training.boxes).toEqual([
      [
        { left: 2, top: 1, right: 20, bottom: 10, label: 19, difficult: true },
        { left: 4.5, top: 0, right: 5.5, bottom: 4, label: 14, difficult: false },
      ],
      [{ left: 0, top: 0, right: 20, bottom: 10, label: 11, difficult: false }],
    ]);
    expect(test.files.all.map(({ file }) => file)).toEqual(['JPEGImages/000003.jpg']);
  });

  it('of two years trains on both and tests with the one whose test pictures are annotated', async () => {
    await writeYear({ trainval: ['000005'], test: ['000001'] }, { year: 'VOC2007' });
    await writeYear(
      { trainval: ['2008_000002', '2008_000003'], train: ['2008_000002'], val: ['2008_000003'], test: ['2008_000001'] },
      { year: 'VOC2012', annotated: ['2008_000002', '2008_000003'] },
    );
    const { training, test } = await read();
    expect(training.files.all.map(({ file }) => file)).toEqual(
      ['VOC2007', 'VOC2012', 'VOC2012'].map((year, place) => `${year}/JPEGImages/${['000005', '2008_000002', '2008_000003'][place]}.jpg`),
    );
    expect(test.files.all.map(({ file }) => file)).toEqual(['VOC2007/JPEGImages/000001.jpg']);
  });

  it('of 2012 alone, whose test is secret, is tested with the validation list', async () => {
    await writeYear({ trainval: ['a', 'b'], train: ['a'], val: ['b'], test: ['c'] }, { year: 'VOCdevkit/VOC2012', annotated: ['a', 'b'] });
    expect((await datasetAt(folder.path)).format).toBe('voc');
    const { training, test } = await read();
    expect([training.count, test.count, test.files.all[0]!.file]).toEqual([1, 1, 'VOCdevkit/VOC2012/JPEGImages/b.jpg']);
  });

  it('with classes of its own has them sorted', async () => {
    await writeYear({ trainval: ['a'], test: ['b'] }, { objects: [{ name: 'star' }, { name: 'disc' }] });
    expect((await read()).classes).toEqual(['disc', 'star']);
  });

  it('holds validation pictures out by its digest, and keeps the test apart', async () => {
    const names = Array.from({ length: 20 }, (_, place) => `p${place}`);
    await writeYear({ trainval: names, test: ['t'] });
    const { splits } = await openDetectionDataset({ format: 'voc', path: folder.path }, { validationRatio: 0.25 });
    expect([splits.training, splits.validation, splits.test].map(({ indices }) => indices.length)).toEqual([15, 5, 1]);
    expect(new Set([...splits.training.indices, ...splits.validation.indices]).size).toBe(20);
    const again = await openDetectionDataset({ format: 'voc', path: folder.path }, { validationRatio: 0.25 });
    expect(again.splits.validation.indices).toEqual(splits.validation.indices);
  });

  it('has another digest when a box moves', async () => {
    await writeYear({ trainval: ['a'], test: ['b'] });
    const { digest } = await read();
    await folder.write('Annotations/a.xml', annotationOf([{ box: [2, 1, 20, 10] }]));
    expect((await read()).digest).not.toBe(digest);
  });

  it('is told file by file when it is opened: annotations, pictures, and those that are normalised by', async () => {
    await writeYear({ trainval: ['a', 'c'], test: ['b'] });
    const told: string[] = [];
    await openDetectionDataset({ format: 'voc', path: folder.path }, { heard: (done, total) => told.push(`${done} of ${total}`) });
    expect(told).toEqual([3, 3, 2].flatMap((total) => Array.from({ length: total }, (_, place) => `${place + 1} of ${total}`)));
  });

  it('is not for classifying', async () => {
    await writeYear({ trainval: ['a'], test: ['b'] });
    await expect(openDataset({ format: 'voc', path: folder.path })).rejects.toThrow(refusal(/has boxes for the objects in its pictures/));
  });

  it.each<{ name: string; xml?: string; spoil?: () => Promise<void>; message: RegExp }>([
    {
      name: 'a box beyond the right edge',
      xml: annotationOf([{}, { name: 'cat', box: [1, 1, 21, 10] }]),
      message: /Annotations\/a\.xml has a box that reaches beyond its picture of 20 × 10: object 2 \(cat\) from \(1, 1\) to \(21, 10\)/,
    },
    { name: 'a box that counts from 0', xml: annotationOf([{ box: [0, 1, 5, 5] }]), message: /reaches beyond its picture/ },
    { name: 'a box inside out', xml: annotationOf([{ box: [9, 1, 5, 5] }]), message: /has an inside-out box: object 1 \(dog\)/ },
    {
      name: 'a box without a number',
      xml: annotationOf([{}]).replace('<xmax>20</xmax>', '<xmax>wide</xmax>'),
      message: /has no number <xmax> in its object 1 \(dog\)/,
    },
    { name: 'an object without a name', xml: annotationOf([{ name: '' }]), message: /has an object without a name \(number 1\)/ },
    { name: 'XML that breaks off', xml: annotationOf([{}]).slice(0, 90), message: /Annotations\/a\.xml is not XML/ },
    { name: 'other XML', xml: '<svg/>', message: /has no <annotation>/ },
    {
      name: 'the size of another picture',
      xml: annotationOf([{}], 40, 20),
      message: /is for a picture of 40 × 20, but JPEGImages\/a\.jpg has 20 × 10/,
    },
    {
      name: 'a class that only the test has',
      spoil: () => folder.write('Annotations/b.xml', annotationOf([{ name: 'gnu' }])),
      message: /b\.xml has an object of class gnu, which no training picture has/,
    },
    {
      name: 'a listed picture that is not there',
      spoil: () => folder.write('ImageSets/Main/test.txt', 'b\nz\n'),
      message: /line 2 of ImageSets\/Main\/test\.txt names z, of which there is no picture/,
    },
    {
      name: 'a listed picture without annotation',
      spoil: async () =>
        folder.write('JPEGImages/z.jpg', await plainJpeg(10, 20)).then(() => folder.write('ImageSets/Main/trainval.txt', 'z\n')),
      message: /names z, of which there is no file in Annotations/,
    },
    {
      name: 'a name that is a path',
      spoil: () => folder.write('ImageSets/Main/trainval.txt', '../../secret\n'),
      message: /line 1 of ImageSets\/Main\/trainval\.txt names "\.\.\/\.\.\/secret"/,
    },
    {
      name: 'a picture on both lists',
      spoil: () => folder.write('ImageSets/Main/trainval.txt', 'a\nb\n'),
      message: /b\.jpg is both trained on and tested with/,
    },
    {
      name: 'a picture that is listed twice',
      spoil: () => folder.write('ImageSets/Main/trainval.txt', 'a\na\n'),
      message: /JPEGImages\/a\.jpg is listed twice/,
    },
    { name: 'empty lists', spoil: () => folder.write('ImageSets/Main/trainval.txt', '\n'), message: /lists no pictures to train on/ },
    { name: 'no list to test with', spoil: () => folder.write('ImageSets/Main/test.txt', '\n'), message: /lists no pictures to test with/ },
  ])('is refused with $name', async ({ xml, spoil, message }) => {
    await writeYear({ trainval: ['a'], test: ['b'] });
    if (xml !== undefined) await folder.write('Annotations/a.xml', xml);
    await spoil?.();
    await expect(read()).rejects.toThrow(refusal(message));
  });

  it('does not unfold entities', async () => {
    await writeYear({ trainval: ['a'], test: ['b'] });
    await folder.write('Annotations/a.xml', `<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>${annotationOf([{ name: '&e;' }])}`);
    // Nothing of the file that it names: the text stays what it is, or is no annotation at all.
    const outcome = await read().then(
      ({ classes }) => classes.join(),
      (error: Error) => error.message,
    );
    expect(outcome).not.toMatch(/root:/);
  });
});
