import type { AveragePrecision } from '@espalier/core';
import { overlapOf, type Box, type LabelledBox } from '@espalier/datasets';

/** An object that a detector claims to see. */
export interface Detection extends Box {
  /** The place of its class among the dataset's classes, from 0. */
  readonly label: number;
  /** In [0, 1]. */
  readonly score: number;
}

/** What a detector is worth for one class. */
export interface ClassPrecision {
  /** Objects of the class that count, without the difficult ones. */
  readonly objects: number;
  /** Null for a class without objects: there is nothing to be found or missed. */
  readonly averagePrecision: AveragePrecision | null;
}

/** From this overlap (intersection over union) on a detection hits an object: PASCAL VOC's rule. */
const hitOverlap = 0.5;

/**
 * Judges detections by the rules of PASCAL VOC's development kit (Everingham et al. 2010), picture by picture: the detections of a class, the best first,
 * each go to the object of that class that they overlap most. The first to reach an object hits it, later ones are false. Those that reach
 * a difficult object count neither way, and difficult objects are not there to be missed.
 */
export class DetectionTally {
  readonly #classes: { objects: number; readonly ranked: { readonly score: number; readonly hit: boolean }[] }[];

  constructor(classCount: number) {
    this.#classes = Array.from({ length: classCount }, () => ({ objects: 0, ranked: [] }));
  }

  /** Adds one picture. Boxes may be in pixels or in shares of the picture, if only both are in the same. */
  add(detections: readonly Detection[], objects: readonly LabelledBox[]): void {
    for (const { label, difficult } of objects) if (!difficult) this.#classes[label]!.objects++;
    const found = new Set<LabelledBox>();
    for (const detection of detections.toSorted((a, b) => b.score - a.score)) {
      const { label, score } = detection;
      const object = nearestOf(
        detection,
        objects.filter((candidate) => candidate.label === label),
      );
      if (object?.difficult === true) continue;
      this.#classes[label]!.ranked.push({ score, hit: object !== null && !found.has(object) });
      if (object !== null) found.add(object);
    }
  }

  /** By class, in the order of the classes. */
  classes(): ClassPrecision[] {
    return this.#classes.map(({ objects, ranked }) => ({
      objects,
      averagePrecision:
        objects === 0
          ? null
          : averagePrecisionOf(
              ranked.toSorted((a, b) => b.score - a.score).map(({ hit }) => hit),
              objects,
            ),
    }));
  }
}

/** The object that a detection overlaps most, the first of equals, if it overlaps it enough to hit it. */
function nearestOf(detection: Detection, objects: readonly LabelledBox[]): LabelledBox | null {
  let nearest: LabelledBox | null = null;
  let most = 0;
  for (const object of objects) {
    const overlap = overlapOf(detection, object);
    if (overlap >= hitOverlap && overlap > most) [nearest, most] = [object, overlap];
  }
  return nearest;
}

/**
 * Both of VOC's definitions over the same ranking.
 * @param hits whether each detection hits an object, the best first. @param objects how many there are to be found, at least 1.
 */
export function averagePrecisionOf(hits: readonly boolean[], objects: number): AveragePrecision {
  const curve = precisionAtHits(hits);
  // The k-th hit is where recall reaches k / objects. In whole numbers, so that a recall of just 0.3 is not lost to rounding.
  const atRecall = (tenths: number): number => curve[Math.max(1, Math.ceil((tenths * objects) / 10)) - 1] ?? 0;
  const elevenRecalls = Array.from({ length: 11 }, (_, tenths) => atRecall(tenths));
  return {
    voc07: elevenRecalls.reduce((sum, precision) => sum + precision, 0) / 11,
    area: curve.reduce((sum, precision) => sum + precision, 0) / objects,
  };
}

/** For each hit the largest precision there and at any later hit: between two hits precision only falls. */
function precisionAtHits(hits: readonly boolean[]): number[] {
  const precisions: number[] = [];
  hits.forEach((hit, rank) => {
    if (hit) precisions.push((precisions.length + 1) / (rank + 1));
  });
  for (let place = precisions.length - 2; place >= 0; place--) precisions[place] = Math.max(precisions[place]!, precisions[place + 1]!);
  return precisions;
}

/** The mean over the classes that have objects; null where none has any. */
export function meanAveragePrecision(classes: readonly ClassPrecision[]): AveragePrecision | null {
  const known = classes.flatMap(({ averagePrecision }) => (averagePrecision === null ? [] : [averagePrecision]));
  if (known.length === 0) return null;
  const mean = (definition: keyof AveragePrecision): number =>
    known.reduce((sum, precision) => sum + precision[definition], 0) / known.length;
  return { voc07: mean('voc07'), area: mean('area') };
}
