import type { AveragePrecision } from '@espalier/core';
import { overlapOf, type Box, type LabelledBox } from '@espalier/datasets';
import { averagePrecisionAt } from './curve.ts';
import { Recount } from './recount.ts';

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
  /** Of each class the picture of every object, and every detection. */
  readonly #classes: { readonly objects: number[]; readonly claims: Claim[] }[];
  #pictures = 0;

  constructor(classCount: number) {
    this.#classes = Array.from({ length: classCount }, () => ({ objects: [], claims: [] }));
  }

  /** Adds one picture. Boxes may be in pixels or in shares of the picture, if only both are in the same. */
  add(detections: readonly Detection[], objects: readonly LabelledBox[]): void {
    const picture = this.#pictures++;
    for (const { label, difficult } of objects) if (!difficult) this.#classes[label]!.objects.push(picture);
    const found = new Set<LabelledBox>();
    for (const detection of detections.toSorted((a, b) => b.score - a.score)) {
      const { label, score } = detection;
      const object = nearestOf(
        detection,
        objects.filter((candidate) => candidate.label === label),
      );
      if (object?.difficult === true) continue;
      this.#classes[label]!.claims.push({ picture, score, hit: object !== null && !found.has(object) });
      if (object !== null) found.add(object);
    }
  }

  /** By class, in the order of the classes. */
  classes(): ClassPrecision[] {
    return this.#classes.map(({ objects, claims }) => {
      const hits = bestFirst(claims).map(({ hit }) => hit);
      return { objects: objects.length, averagePrecision: objects.length === 0 ? null : averagePrecisionOf(hits, objects.length) };
    });
  }

  /** The same pictures, to be counted more than once or not at all. */
  recount(): Recount {
    return new Recount(this.#classes.map(({ objects, claims }) => ({ objects, ranked: bestFirst(claims) })));
  }
}

/** A detection, judged. */
interface Claim {
  /** By the order in which pictures were added. */
  readonly picture: number;
  readonly score: number;
  readonly hit: boolean;
}

/** Of equal scores the one that came first. */
const bestFirst = (claims: readonly Claim[]): Claim[] => claims.toSorted((a, b) => b.score - a.score);

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
  const precisions: number[] = [];
  hits.forEach((hit, rank) => {
    if (hit) precisions.push((precisions.length + 1) / (rank + 1));
  });
  return averagePrecisionAt(precisions, objects);
}
