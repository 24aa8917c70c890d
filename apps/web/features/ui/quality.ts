import { formatPoints, formatShare, missing } from './format.ts';

/** What is asked of the API to say how good a network is: a classifier has an accuracy, a detector mean average precision. */
type Classifier = { accuracy: number };
type Detector = { meanAveragePrecision: { voc07: number } };
export type Measured = Classifier | Detector;

export const isDetector = <Other>(measured: Other | Detector): measured is Detector =>
  typeof measured === 'object' && measured !== null && 'meanAveragePrecision' in measured;

/** What a network is judged by; of a detector VOC 2007's definition. */
export const qualityOf = (measured: Measured): number => (isDetector(measured) ? measured.meanAveragePrecision.voc07 : measured.accuracy);

/** `97.35 %` of a classifier, `mAP 71.20 %` of a detector: where both stand in one column. */
export function formatQuality(measured: Measured | null | undefined): string {
  if (!measured) return missing;
  return isDetector(measured) ? `mAP\u00a0${formatShare(qualityOf(measured))}` : formatShare(qualityOf(measured));
}

/** Both as one change of the same: `98.20 % → 97.80 %`, or what is known of them. */
export function formatQualityChange(before: Measured | null, after: Measured | null): string {
  if (before && after) return `${formatQuality(before)} → ${formatShare(qualityOf(after))}`;
  return formatQuality(after ?? before);
}

export const qualityPoints = (before: Measured, after: Measured): string => formatPoints(qualityOf(before), qualityOf(after));
