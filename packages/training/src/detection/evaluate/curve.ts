import type { AveragePrecision } from '@espalier/core';

/**
 * Both of VOC's definitions over the same curve.
 * @param precisions the precision at each hit, the best detection first; what it owns is changed. @param objects how many there are to be found, at least 1.
 */
export function averagePrecisionAt(precisions: number[], objects: number): AveragePrecision {
  makeFalling(precisions);
  // The k-th hit is where recall reaches k / objects. In whole numbers, so that a recall of just 0.3 is not lost to rounding.
  const atRecall = (tenths: number): number => precisions[Math.max(1, Math.ceil((tenths * objects) / 10)) - 1] ?? 0;
  const elevenRecalls = Array.from({ length: 11 }, (_, tenths) => atRecall(tenths));
  return {
    voc07: elevenRecalls.reduce((sum, precision) => sum + precision, 0) / 11,
    area: precisions.reduce((sum, precision) => sum + precision, 0) / objects,
  };
}

/** Puts for each hit the largest precision there and at any later hit: between two hits precision only falls. */
function makeFalling(precisions: number[]): void {
  for (let place = precisions.length - 2; place >= 0; place--) precisions[place] = Math.max(precisions[place]!, precisions[place + 1]!);
}

/** The mean over the classes that have objects; null where none has any. */
export function meanAveragePrecision(classes: readonly { readonly averagePrecision: AveragePrecision | null }[]): AveragePrecision | null {
  const known = classes.flatMap(({ averagePrecision }) => (averagePrecision === null ? [] : [averagePrecision]));
  if (known.length === 0) return null;
  const mean = (definition: keyof AveragePrecision): number =>
    known.reduce((sum, precision) => sum + precision[definition], 0) / known.length;
  return { voc07: mean('voc07'), area: mean('area') };
}
