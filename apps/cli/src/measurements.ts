import type { Measurement } from '@espalier/core';
import { count, kibibytes, percent, table } from './table.ts';

/** One row a network. */
export function measurementTable(measurements: Readonly<Record<string, Omit<Measurement, 'split' | 'examples'>>>): string {
  const rows = Object.entries(measurements).map(([name, { accuracy, loss, parameters, macs, bytes, latency }]) => [
    name,
    percent(accuracy),
    loss.toFixed(4),
    count(parameters),
    count(macs),
    kibibytes(bytes),
    latency === undefined ? '' : `${latency.medianMs.toFixed(2)} ms (${latency.lowMs.toFixed(2)} to ${latency.highMs.toFixed(2)})`,
  ]);
  return table(['network', 'accuracy', 'loss', 'parameters', 'MACs', 'file', 'latency'], rows);
}
