import type { MeasuredFragment, RunStateFragment } from '#generated/graphql.ts';
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

interface Kind {
  label: string;
  read: (measured: MeasuredFragment) => number | null;
  write: (measured: MeasuredFragment) => MeasureCell;
  change: (before: number, after: number) => string;
  lessIsBetter: boolean;
  /** Whether a difference may be no more than the measurement's own scatter. */
  isWithinNoise?: (before: MeasuredFragment, after: MeasuredFragment) => boolean;
}

const relative = (label: string, read: (measured: MeasuredFragment) => number, write: (value: number) => string): Kind => ({
  label,
  read,
  write: (measured) => ({ text: write(read(measured)) }),
  change: formatRelativeChange,
  lessIsBetter: true,
});

const kinds: readonly Kind[] = [
  {
    label: 'Accuracy',
    read: ({ accuracy }) => accuracy,
    write: ({ accuracy }) => ({ text: formatShare(accuracy) }),
    change: formatPoints,
    lessIsBetter: false,
  },
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

type Measured = Pick<RunStateFragment, 'before' | 'afterPruning' | 'after'>;

/** Before, after pruning and after, with the change from the first to the last; null until anything was measured. */
export function prepareMeasures({ before, afterPruning, after }: Measured): MeasureTable | null {
  const measured = before ?? after ?? afterPruning;
  if (!measured) return null;
  const isCompression = Boolean(before ?? afterPruning);
  const columns = isCompression ? ['Before', 'After pruning', 'After'] : ['Measured'];
  const measurements = isCompression ? [before, afterPruning, after] : [after];
  return {
    columns: isCompression ? [...columns, 'Change'] : columns,
    rows: kinds.map((kind) => ({
      label: kind.label,
      cells: measurements.map((one) => (one ? kind.write(one) : { text: missing })),
      ...changeOf(kind, before, after),
    })),
    caption: captionOf(measurements.filter((one) => one !== null)),
  };
}

function changeOf(kind: Kind, before: MeasuredFragment | null, after: MeasuredFragment | null): Pick<MeasureRow, 'change' | 'tone'> {
  const from = before && kind.read(before);
  const to = after && kind.read(after);
  if (!before || !after || from === null || to === null) return { change: missing, tone: 'same' };
  const isSame = from === to || kind.isWithinNoise?.(before, after);
  const tone = isSame ? 'same' : to < from === kind.lessIsBetter ? 'better' : 'worse';
  return { change: kind.change(from, to), tone };
}

function captionOf(measurements: readonly MeasuredFragment[]): string {
  const { split, examples } = measurements[0]!;
  const latency = measurements.map((one) => one.latency).find((one) => one !== null);
  const accuracy = `Top-1 accuracy on the ${split} split, ${examples.toLocaleString('en-US')} examples; MACs of one image, convolutions and dense layers.`;
  if (!latency) return accuracy;
  const { runtime, batchSize, threads, samples } = latency;
  return `${accuracy} Latency: median and its 95 % interval over ${samples} samples, batch ${batchSize}, ${threads} threads, ${runtime}.`;
}
