import { percent } from '@espalier/core';
import { measuredColumns, precisionText } from '../measurements.ts';
import type { CompressionResult, Standing } from './result.ts';

/** A compression as a page of Markdown: every number in it is one of the result. */
export function compressionReport(result: CompressionResult): string {
  const { method, seed, before, afterPruning, after, target, reached, rounds, groups, provenance, recipe } = result;
  const less = (now: number, then: number): string => `${(100 * (1 - now / then)).toFixed(2)} % less`;
  const columns = measuredColumns(before);
  const row = (name: string, standing: Standing): string =>
    `| ${[name, ...measuredColumns(standing).map(([, text]) => text)].join(' | ')} |`;
  return [
    `# Compression by ${method.name}, seed ${seed}`,
    '',
    `${reached.reductionRatio === null ? 'Not measured: how much' : percent(reached.reductionRatio)} of the ${names[target.measure]} is gone; ${percent(target.reductionRatio)} were asked for.`,
    ...(rounds.ended === undefined
      ? []
      : [`Round ${rounds.done + 1} of ${rounds.asked} removed nothing more and was the last: ${rounds.ended}.`]),
    `Parameters: ${less(after.parameters, before.parameters)}. Multiply-accumulates of one image: ${less(after.macs, before.macs)}.`,
    '',
    `| network | ${columns.map(([head]) => (head === 'latency' ? 'latency, 95 % interval' : head)).join(' | ')} |`,
    `| --- |${' ---: |'.repeat(columns.length)}`,
    row('before', before),
    row('cut, not retrained', afterPruning),
    row('after', after),
    '',
    'accuracy' in before
      ? 'Accuracy and loss are those of the test split, on which nothing was chosen.'
      : 'Mean average precision (mAP), by both definitions of PASCAL VOC, is that of the test split, on which nothing was chosen.',
    '',
    ...classRows(before, after),
    '## Dependency groups',
    '',
    '| group | channels before | after |',
    '| --- | ---: | ---: |',
    ...groups.map(({ group, before: channels, after: kept }) => `| ${group} | ${channels} | ${kept} |`),
    '',
    '## Where it comes from',
    '',
    `- original network: \`${provenance.original}\``,
    `- dataset: \`${provenance.dataset}\``,
    ...provenance.plans.map((digest, index) => `- plan of round ${index + 1}: \`${digest}\``),
    `- small network: \`${result.network.digest}\``,
    `- each of its channels: \`${provenance.channels}\` (\`espalier provenance\` reads it)`,
    '',
    '## Recipe',
    '',
    '```json',
    JSON.stringify(recipe, null, 2),
    '```',
    '',
  ].join('\n');
}

/** Of detectors, what they are worth for each class, by both definitions. */
function classRows(before: Standing, after: Standing): string[] {
  if (!('classes' in before) || !('classes' in after)) return [];
  return [
    '## Classes',
    '',
    '| class | objects | before: 11 points / area | after |',
    '| --- | ---: | ---: | ---: |',
    ...before.classes.map(
      ({ name, objects, averagePrecision }, place) =>
        `| ${name} | ${objects} | ${precisionText(averagePrecision)} | ${precisionText(after.classes[place]?.averagePrecision ?? null)} |`,
    ),
    '',
  ];
}

const names = {
  macs: 'multiply-accumulates',
  parameters: 'parameters',
  channels: 'channels that may be cut',
  latency: 'time for a picture',
} as const;
