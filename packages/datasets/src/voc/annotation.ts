import { EspalierError } from '@espalier/core';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { Box } from '../detection/box.ts';

/** One file of a PASCAL VOC `Annotations` folder (Everingham et al. 2010), with boxes in the coordinates that are used here. */
export interface VocAnnotation {
  readonly height: number;
  readonly width: number;
  readonly objects: readonly VocObject[];
}

export interface VocObject extends Box {
  readonly name: string;
  readonly difficult: boolean;
}

// Entities are left alone: these files need none, and a few lines of them can unfold to gigabytes.
const parser = new XMLParser({ parseTagValue: false, processEntities: false, isArray: (name) => name === 'object' });

type Element = Readonly<Record<string, unknown>>;

/**
 * VOC counts pixels from 1 and includes the last one: xmin … xmax become left = xmin − 1 and right = xmax, so that right − left is a width. VOC2012 has a few boxes
 * with fractions; they are kept.
 * @throws EspalierError `BAD_DATASET`, naming the file and the object, for what is not such a file or a box that reaches beyond the picture.
 */
export function parseVocAnnotation(xml: string, file: string): VocAnnotation {
  const refuse = (what: string, hint = 'Mend the annotation, or take the picture off the lists.') =>
    new EspalierError('BAD_DATASET', `${file} ${what}`, { hint, path: ['dataset', file] });
  const valid = XMLValidator.validate(xml);
  if (valid !== true) throw refuse(`is not XML: ${valid.err.msg} (line ${valid.err.line})`);
  const annotation = element((parser.parse(xml) as Element).annotation);
  if (annotation === null) throw refuse('has no <annotation>');
  const number = (from: Element | null, name: string, of: string): number => {
    const text = from?.[name];
    const value = typeof text === 'string' && text.trim() !== '' ? Number(text) : Number.NaN;
    if (!Number.isFinite(value)) throw refuse(`has no number <${name}> in its ${of}`);
    return value;
  };
  const size = element(annotation.size);
  const [height, width] = [number(size, 'height', 'size'), number(size, 'width', 'size')];
  if (!(height >= 1 && width >= 1)) throw refuse(`says that its picture is ${width} × ${height}`);
  const objects = Array.isArray(annotation.object) ? (annotation.object as unknown[]) : [];
  return {
    height,
    width,
    objects: objects.map((entry, place) => {
      const object = element(entry);
      const name = object?.name;
      if (typeof name !== 'string' || name === '') throw refuse(`has an object without a name (number ${place + 1})`);
      const which = `object ${place + 1} (${name})`;
      const box = element(object?.bndbox);
      const [xmin, ymin] = [number(box, 'xmin', which), number(box, 'ymin', which)];
      const [xmax, ymax] = [number(box, 'xmax', which), number(box, 'ymax', which)];
      if (xmin < 1 || ymin < 1 || xmax > width || ymax > height) {
        throw refuse(
          `has a box that reaches beyond its picture of ${width} × ${height}: ${which} from (${xmin}, ${ymin}) to (${xmax}, ${ymax})`,
          'VOC counts pixels from 1 to width and height, both included.',
        );
      }
      if (xmax < xmin || ymax < ymin) throw refuse(`has an inside-out box: ${which} from (${xmin}, ${ymin}) to (${xmax}, ${ymax})`);
      return { name, difficult: object?.difficult === '1', left: xmin - 1, top: ymin - 1, right: xmax, bottom: ymax };
    }),
  };
}

const element = (value: unknown): Element | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Element) : null;
