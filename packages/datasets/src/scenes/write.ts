import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createGenerator, type DatasetLocation } from '@espalier/core';
import { XMLBuilder } from 'fast-xml-parser';
import { mapInParallel } from '../in-parallel.ts';
import { encodeJpeg } from '../pictures/decode.ts';
import { drawScene, type Scene } from './scene.ts';

export interface ScenesOptions {
  readonly training: number;
  readonly test: number;
  readonly seed: number;
}

/** One digit more than any number of scenes that fits on a disk in a reasonable time. */
const nameOf = (number: number): string => String(number).padStart(6, '0');

/**
 * Writes scenes of shapes on textures as PASCAL VOC lays them out: JPEG pictures, an XML file each, lists `trainval` and `test`. The same options give the
 * same files; a scene depends on the seed and its number alone, so that more scenes leave the first ones as they are.
 */
export async function writeScenes(folder: string, { training, test, seed }: ScenesOptions): Promise<DatasetLocation> {
  const place = (name: string): string => path.join(folder, name);
  for (const name of ['Annotations', 'JPEGImages', 'ImageSets/Main']) await mkdir(place(name), { recursive: true });
  const splits = [
    { name: 'trainval', purpose: 'training', names: Array.from({ length: training }, (_, number) => `a${nameOf(number)}`) },
    { name: 'test', purpose: 'test', names: Array.from({ length: test }, (_, number) => `b${nameOf(number)}`) },
  ];
  for (const { name, purpose, names } of splits) {
    await mapInParallel(names, async (file, number) => {
      const scene = drawScene(createGenerator(seed, 'scene', purpose, number));
      await writeFile(place(`JPEGImages/${file}.jpg`), await encodeJpeg(scene.pixels, [scene.height, scene.width, 3]));
      await writeFile(place(`Annotations/${file}.xml`), annotationOf(scene, `${file}.jpg`));
    });
    await writeFile(place(`ImageSets/Main/${name}.txt`), names.map((line) => `${line}\n`).join(''));
  }
  return { format: 'voc', path: path.resolve(folder) };
}

const builder = new XMLBuilder({ format: true, indentBy: '\t' });

/** VOC's file for a scene: pixels counted from 1, the last one included. */
function annotationOf({ height, width, objects }: Scene, filename: string): string {
  const flag = (value: boolean): number => (value ? 1 : 0);
  return builder.build({
    annotation: {
      folder: 'scenes',
      filename,
      size: { width, height, depth: 3 },
      segmented: 0,
      object: objects.map(({ name, left, top, right, bottom, truncated, difficult }) => ({
        name,
        pose: 'Unspecified',
        truncated: flag(truncated),
        difficult: flag(difficult),
        bndbox: { xmin: left + 1, ymin: top + 1, xmax: right, ymax: bottom },
      })),
    },
  }) as string;
}
