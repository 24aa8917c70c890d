import { count, percent } from '@espalier/core';
import { kibibytes } from '../table.ts';
import type { CompressionResult, Standing } from './result.ts';

/** A compression as a page of Markdown: every number in it is one of the result. */
export function compressionReport(result: CompressionResult): string {
  const { method, seed, before, afterPruning, after, target, reached, groups, provenance, recipe } = result;
  const less = (now: number, then: number): string => `${(100 * (1 - now / then)).toFixed(2)} % less`;
  const row = (name: string, { accuracy, loss, parameters, macs, bytes, latency }: Standing): string =>
    `| ${[name, percent(accuracy), loss.toFixed(4), count(parameters), count(macs), kibibytes(bytes), latency === undefined ? '' : `${latency.medianMs.toFixed(2)} ms (${latency.lowMs.toFixed(2)} to ${latency.highMs.toFixed(2)})`].join(' | ')} |`;
  return [
    `# Compression by ${method.name}, seed ${seed}`,
    '',
    `${reached.reductionRatio === null ? 'Not measured: how much' : percent(reached.reductionRatio)} of the ${names[target.measure]} is gone; ${percent(target.reductionRatio)} were asked for.`,
    `Parameters: ${less(after.parameters, before.parameters)}. Multiply-accumulates of one image: ${less(after.macs, before.macs)}.`,
    '',
    '| network | accuracy | loss | parameters | MACs | file | latency, 95 % interval |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    row('before', before),
    row('cut, not retrained', afterPruning),
    row('after', after),
    '',
    'Accuracy and loss are those of the test split, on which nothing was chosen.',
    '',
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

const names = {
  macs: 'multiply-accumulates',
  parameters: 'parameters',
  channels: 'channels that may be cut',
  latency: 'time for a picture',
} as const;
