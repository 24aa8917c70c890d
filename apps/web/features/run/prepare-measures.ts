import type { DetectedFragment, MeasuredFragment, RunStateFragment } from '#generated/graphql.ts';
import { isDetector } from '#features/ui/quality.ts';
import { formatBytes, formatMs, formatPoints, formatQuantity, formatRelativeChange, formatShare, missing } from '#features/ui/format.ts';

export interface MeasureCell {
  text: string;
  /** Smaller print: the interval of a median. */
  detail?: string;
}
export interface MeasureRow {
  label: string;
  cells: MeasureCell[];
  change: string;
  tone: 'better' | 'worse' | 'same';
}
export interface MeasureTable {
  columns: string[];
  rows: MeasureRow[];
  /** What was measured, and how. */
  caption: string;
}

/** A classifier's or a detector's. */
type Measurement = MeasuredFragment | DetectedFragment;

interface Kind {
  label: string;
  /** Null for a network that has no such measure. */
  read: (measured: Measurement) => number | null;
  write: (measured: Measurement) => MeasureCell;
  change: (before: number, after: number) => string;
  lessIsBetter: boolean;
  /** Whether a difference may be no more than the measurement's own scatter. */
  isWithinNoise?: (before: Measurement, after: Measurement) => boolean;
}

const relative = (label: string, read: (measured: Measurement) => number, write: (value: number) => string): Kind => ({
  label,
  read,
  write: (measured) => ({ text: write(read(measured)) }),
  change: formatRelativeChange,
  lessIsBetter: true,
});

const quality = (label: string, read: (measured: Measurement) => number | null): Kind => ({
  label,
  read,
  write: (measured) => ({ text: formatShare(read(measured) ?? 0) }),
  change: formatPoints,
  lessIsBetter: false,
});

const accuracy = quality('Accuracy', (measured) => (isDetector(measured) ? null : measured.accuracy));
/** Null where there are hardly more classes than five. */
const topFive = quality('Top-5 accuracy', (measured) => (isDetector(measured) ? null : measured.top5));
const averagePrecisions = [
  quality('mAP, 11 points', (measured) => (isDetector(measured) ? measured.meanAveragePrecision.voc07 : null)),
  quality('mAP, area', (measured) => (isDetector(measured) ? measured.meanAveragePrecision.area : null)),
];

const costs: readonly Kind[] = [
  relative('Parameters', ({ parameters }) => parameters, formatQuantity),
  relative('MACs', ({ macs }) => macs, formatQuantity),
  relative('File size', ({ bytes }) => bytes, formatBytes),
  {
    label: 'Latency',
    read: ({ latency }) => latency?.medianMs ?? null,
    write: ({ latency }) =>
      latency
        ? { text: formatMs(latency.medianMs), detail: `${formatMs(latency.lowMs)} to ${formatMs(latency.highMs)}` }
        : { text: missing },
    change: formatRelativeChange,
    lessIsBetter: true,
    isWithinNoise: ({ latency: before }, { latency: after }) =>
      before !== null && after !== null && before.lowMs <= after.highMs && after.lowMs <= before.highMs,
  },
];

type Measured = Pick<RunStateFragment, 'before' | 'afterPruning' | 'after' | 'detection'>;

/** Before, after pruning and after, with the change from the first to the last; null until anything was measured. */
export function prepareMeasures(state: Measured): MeasureTable | null {
  const { before, afterPruning, after } = state.detection ?? state;
  const measured = before ?? after ?? afterPruning;
  if (!measured) return null;
  const isCompression = Boolean(before ?? afterPruning);
  const columns = isCompression ? ['Before', 'After pruning', 'After'] : ['Measured'];
  const measurements = isCompression ? [before, afterPruning, after] : [after];
  return {
    columns: isCompression ? [...columns, 'Change'] : columns,
    rows: [...qualitiesOf(measured), ...costs].map((kind) => ({
      label: kind.label,
      cells: measurements.map((one) => (one ? kind.write(one) : { text: missing })),
      ...changeOf(kind, before, after),
    })),
    caption: captionOf(measurements.filter((one) => one !== null)),
  };
}

function qualitiesOf(measured: Measurement): readonly Kind[] {
  if (isDetector(measured)) return averagePrecisions;
  return measured.top5 === null ? [accuracy] : [accuracy, topFive];
}

function changeOf(kind: Kind, before: Measurement | null, after: Measurement | null): Pick<MeasureRow, 'change' | 'tone'> {
  const from = before && kind.read(before);
  const to = after && kind.read(after);
  if (!before || !after || from === null || to === null) return { change: missing, tone: 'same' };
  const isSame = from === to || kind.isWithinNoise?.(before, after);
  const tone = isSame ? 'same' : to < from === kind.lessIsBetter ? 'better' : 'worse';
  return { change: kind.change(from, to), tone };
}

function captionOf(measurements: readonly Measurement[]): string {
  const [first] = measurements as [Measurement];
  const where = `on the ${first.split} split, ${first.examples.toLocaleString('en-US')}`;
  const latency = measurements.map((one) => one.latency).find((one) => one !== null);
  const judged = isDetector(first)
    ? `Mean average precision by both definitions of PASCAL VOC (eleven points of 2007, area under the curve of 2010) ${where} pictures`
    : `Top-1 accuracy ${where} examples`;
  const measured = `${judged}; MACs of one image, convolutions and dense layers.`;
  if (!latency) return measured;
  const { runtime, batchSize, threads, samples } = latency;
  return `${measured} Latency: median and its 95 % interval over ${samples} samples, batch ${batchSize}, ${threads} threads, ${runtime}.`;
}
