import type { ClassificationMeasurement } from '@espalier/core';
import { grouped, milliseconds, percent, scaled, signed } from './figures.ts';

type Row = readonly [label: string, before: string, after: string, change: string];

const change = (before: number, after: number): string => (before === 0 ? '' : `${signed((after / before - 1) * 100, 1)} %`);

/** What a compression did to its network, measured on the same split by the same code, as lines of text. */
export function comparisonTable(before: ClassificationMeasurement, after: ClassificationMeasurement): string[] {
  const rows: Row[] = [
    ['', 'before', 'after', 'change'],
    ['accuracy', percent(before.accuracy), percent(after.accuracy), `${signed((after.accuracy - before.accuracy) * 100, 2)} points`],
    ['parameters', grouped(before.parameters), grouped(after.parameters), change(before.parameters, after.parameters)],
    ['MACs of an image', scaled(before.macs, ''), scaled(after.macs, ''), change(before.macs, after.macs)],
    ['file size', scaled(before.bytes, 'B'), scaled(after.bytes, 'B'), change(before.bytes, after.bytes)],
  ];
  if (before.latency !== undefined && after.latency !== undefined) {
    const [was, is] = [before.latency.medianMs, after.latency.medianMs];
    rows.push([`latency (batch ${after.latency.batchSize})`, milliseconds(was), milliseconds(is), change(was, is)]);
  }
  return align(rows);
}

function align(rows: readonly Row[]): string[] {
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column as 0 | 1 | 2 | 3].length)));
  return rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('   '),
  );
}
