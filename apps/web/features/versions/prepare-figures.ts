import {
  formatBytes,
  formatCount,
  formatMs,
  formatPoints,
  formatQuantity,
  formatRelativeChange,
  formatShare,
  missing,
} from '#features/ui/format.ts';
import type { VersionDetails } from './version-page.tsx';

export interface Figure {
  label: string;
  value: string;
  detail?: string;
}

type Measured = Pick<VersionDetails, 'parameters' | 'macs' | 'bytes' | 'measurement'>;

/** What a version costs and how good it is, each against its parent where it has one. */
export function versionFigures(version: Measured & { parent: Measured | null }): Figure[] {
  const { measurement, parent } = version;
  const against = (read: (one: Measured) => number) =>
    parent ? `${formatRelativeChange(read(parent), read(version))} against its parent` : undefined;
  return [
    {
      label: 'Accuracy',
      value: measurement ? formatShare(measurement.accuracy) : missing,
      detail: accuracyDetail(measurement, parent?.measurement ?? null),
    },
    { label: 'Parameters', value: formatQuantity(version.parameters), detail: against(({ parameters }) => parameters) },
    { label: 'MACs of one image', value: formatQuantity(version.macs), detail: against(({ macs }) => macs) },
    { label: 'File size', value: formatBytes(version.bytes), detail: against(({ bytes }) => bytes) },
    latencyFigure(measurement),
  ];
}

function accuracyDetail(measurement: Measured['measurement'], parent: Measured['measurement']): string {
  if (!measurement) return 'not measured';
  if (parent) return `${formatPoints(parent.accuracy, measurement.accuracy)} against its parent`;
  return `top-1, ${measurement.split} split, ${formatCount(measurement.examples)} examples`;
}

function latencyFigure(measurement: Measured['measurement']): Figure {
  const latency = measurement?.latency;
  if (!latency) return { label: 'Latency', value: missing, detail: 'not measured' };
  return { label: 'Latency', value: formatMs(latency.medianMs), detail: `${formatMs(latency.lowMs)} to ${formatMs(latency.highMs)}` };
}
