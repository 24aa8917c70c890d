import { formatBytes, formatCount, formatMs, formatQuantity, formatRelativeChange, formatShare, missing } from '#features/ui/format.ts';
import type { DetectedFragment, MeasuredFragment } from '#generated/graphql.ts';
import { isDetector, qualityOf, qualityPoints } from '#features/ui/quality.ts';
import type { VersionDetails } from './version-page.tsx';

export interface Figure {
  label: string;
  value: string;
  detail?: string;
}

type Measured = Pick<VersionDetails, 'parameters' | 'macs' | 'bytes' | 'measurement'> & { detection: DetectedFragment | null };

/** What a version costs and how good it is, each against its parent where it has one. */
export function versionFigures(version: Measured & { parent: Measured | null }): Figure[] {
  const { parent } = version;
  const measured = version.detection ?? version.measurement;
  const against = (read: (one: Measured) => number) =>
    parent ? `${formatRelativeChange(read(parent), read(version))} against its parent` : undefined;
  return [
    qualityFigure(measured, parent && (parent.detection ?? parent.measurement)),
    { label: 'Parameters', value: formatQuantity(version.parameters), detail: against(({ parameters }) => parameters) },
    { label: 'MACs of one image', value: formatQuantity(version.macs), detail: against(({ macs }) => macs) },
    { label: 'File size', value: formatBytes(version.bytes), detail: against(({ bytes }) => bytes) },
    latencyFigure(measured),
  ];
}

type Measurement = MeasuredFragment | DetectedFragment | null;

function qualityFigure(measured: Measurement, parent: Measurement): Figure {
  if (!measured) return { label: 'Accuracy', value: missing, detail: 'not measured' };
  const where = `${measured.split} split, ${formatCount(measured.examples)} ${isDetector(measured) ? 'pictures' : 'examples'}`;
  const against = parent ? `${qualityPoints(parent, measured)} against its parent` : null;
  const value = formatShare(qualityOf(measured));
  if (!isDetector(measured)) {
    const topFive = measured.top5 === null ? '' : `; top-5 ${formatShare(measured.top5)}`;
    return { label: 'Accuracy', value, detail: `${against ?? `top-1, ${where}`}${topFive}` };
  }
  const { area } = measured.meanAveragePrecision;
  return { label: 'Mean average precision', value, detail: `${against ?? where}; VOC 2007, area under the curve ${formatShare(area)}` };
}

function latencyFigure(measured: Measurement): Figure {
  const latency = measured?.latency;
  if (!latency) return { label: 'Latency', value: missing, detail: 'not measured' };
  return { label: 'Latency', value: formatMs(latency.medianMs), detail: `${formatMs(latency.lowMs)} to ${formatMs(latency.highMs)}` };
}
