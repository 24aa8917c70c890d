import { count, percent } from '@espalier/core';
import type { ClassifierStanding, DetectorStanding, Standing } from './compress/result.ts';
import { kibibytes, table } from './table.ts';

/** What a table says of networks besides their names: how good they are, by the measures of what they do, and what they cost. */
export function measuredColumns(standing: Standing): readonly [head: string, text: string][] {
  const { parameters, macs, bytes, latency } = standing;
  return [
    ...('accuracy' in standing ? classifierColumns(standing) : detectorColumns(standing)),
    ['parameters', count(parameters)],
    ['MACs', count(macs)],
    ['file', kibibytes(bytes)],
    [
      'latency',
      latency === undefined ? '' : `${latency.medianMs.toFixed(2)} ms (${latency.lowMs.toFixed(2)} to ${latency.highMs.toFixed(2)})`,
    ],
  ];
}

const classifierColumns = ({ accuracy, top5, loss }: ClassifierStanding): [string, string][] => [
  ['accuracy', percent(accuracy)],
  ...(top5 === undefined ? [] : [['top-5', percent(top5)] satisfies [string, string]]),
  ['loss', loss.toFixed(4)],
];

const detectorColumns = ({ meanAveragePrecision: { voc07, area } }: DetectorStanding): [string, string][] => [
  ['mAP, 11 points', percent(voc07)],
  ['mAP, area', percent(area)],
];

/** One row a network, all measured on one dataset; of detectors the average precision of each class as well. */
export function measurementTable(measurements: Readonly<Record<string, Standing>>): string {
  // Not every command takes times.
  const isTimed = Object.values(measurements).some(({ latency }) => latency !== undefined);
  const rows = Object.entries(measurements).map(([name, standing]) => ({
    name,
    columns: measuredColumns(standing).filter(([head]) => isTimed || head !== 'latency'),
  }));
  const head = ['network', ...(rows[0]?.columns ?? []).map(([title]) => title)];
  const overall = table(
    head,
    rows.map(({ name, columns }) => [name, ...columns.map(([, text]) => text)]),
  );
  const byClass = classTable(measurements);
  return byClass === null ? overall : `${overall}\n\n${byClass}`;
}

/** Average precision by class and network; null where the networks are no detectors. */
function classTable(measurements: Readonly<Record<string, Standing>>): string | null {
  const detectors = Object.entries(measurements).flatMap(([name, standing]) => ('classes' in standing ? [{ name, standing }] : []));
  const [first] = detectors;
  if (first === undefined) return null;
  const rows = first.standing.classes.map(({ name, objects }, place) => [
    name,
    count(objects),
    ...detectors.map(({ standing }) => precisionText(standing.classes[place]?.averagePrecision ?? null)),
  ]);
  return table(['class', 'objects', ...detectors.map(({ name }) => name)], rows);
}

/** Both definitions, as `81.20 % / 83.45 %`: eleven points, then area. */
export const precisionText = (precision: DetectorStanding['meanAveragePrecision'] | null): string =>
  precision === null ? 'no objects' : `${percent(precision.voc07)} / ${percent(precision.area)}`;
