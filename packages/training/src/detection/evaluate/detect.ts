import type { Box } from '@espalier/datasets';
import { decodeOffsets } from '../offsets.ts';
import type { PriorBoxes } from '../priors.ts';
import type { Detection } from './average-precision.ts';
import { suppress, type BoxRows, type SuppressionSettings } from './nms.ts';

export interface DetectionSettings extends SuppressionSettings {
  /** Of all classes together, the best so many are kept. */
  readonly kept: number;
}

/** Those of SSD's authors for judging on VOC (Liu et al. 2016, section 3; 400 candidates are from their code). */
export const ssdDetection: DetectionSettings = { minimumScore: 0.01, largestOverlap: 0.45, candidates: 400, kept: 200 };

/**
 * What a detector sees in one picture: of each class the boxes that non-maximum suppression leaves, cut at the picture's edges, of all classes the best.
 *
 * @param logits [priors, 1 + classes], the background first. @param offsets [priors, 4]
 * @returns the best first, in shares of the picture; of equal scores the lower class, and then the lower prior, comes first.
 */
export function detect(
  logits: Float32Array,
  offsets: Float32Array,
  priors: PriorBoxes,
  settings: DetectionSettings = ssdDetection,
): Detection[] {
  const boxes = clipped(decodeOffsets(offsets, priors));
  const found = classScores(logits, priors.count).flatMap((scores, label) =>
    suppress(boxes, scores, settings).map((place) => ({ label, score: scores[place]!, place })),
  );
  return found
    .sort((a, b) => b.score - a.score)
    .slice(0, settings.kept)
    .map(({ label, score, place }) => ({ label, score, ...boxAt(boxes, place) }));
}

/** The probability of each class but the background, for all priors: an array of [priors] for each class. */
function classScores(logits: Float32Array, count: number): Float32Array[] {
  const width = logits.length / count;
  const scores = Array.from({ length: width - 1 }, () => new Float32Array(count));
  const row = new Float64Array(width);
  for (let place = 0; place < count; place++) {
    const start = place * width;
    let largest = logits[start]!;
    for (let index = 1; index < width; index++) largest = Math.max(largest, logits[start + index]!);
    let sum = 0;
    for (let index = 0; index < width; index++) sum += row[index] = Math.exp(logits[start + index]! - largest);
    for (let index = 1; index < width; index++) scores[index - 1]![place] = row[index]! / sum;
  }
  return scores;
}

function boxAt(boxes: BoxRows, place: number): Box {
  const start = 4 * place;
  return { left: boxes[start]!, top: boxes[start + 1]!, right: boxes[start + 2]!, bottom: boxes[start + 3]! };
}

/** Objects end where the picture does. */
function clipped(boxes: BoxRows): BoxRows {
  for (let index = 0; index < boxes.length; index++) boxes[index] = Math.min(1, Math.max(0, boxes[index]!));
  return boxes;
}
