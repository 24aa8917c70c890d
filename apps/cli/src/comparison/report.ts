import { count, percent } from '@espalier/core';
import { targetText, type Comparison, type Refusal } from './comparison.ts';
import type { ComparisonSummary, Row, Spread } from './summary.ts';

/** The comparison as a page of Markdown: every number in it is one of the summary. */
export function comparisonReport(
  summary: ComparisonSummary,
  comparison: Pick<Comparison, 'seeds' | 'retraining' | 'distillation'>,
  refusals: readonly Refusal[] = [],
): string {
  const { seeds, retraining, distillation } = comparison;
  const { epochs, batchSize, learningRate } = retraining;
  return [
    '# Methods compared on one budget',
    '',
    `Seeds ${seeds.join(', ')}; each small network is retrained for ${epochs} epochs in batches of ${batchSize} at a peak rate of ${learningRate}, ` +
      `${distillation === null ? 'on the labels alone' : `the whole network as its teacher (temperature ${distillation.temperature}, α ${distillation.alpha})`}. ` +
      'Accuracies are those of the test split, on which nothing was chosen: the mean, and in brackets the least and the largest of the seeds.',
    '',
    ...summary.before.flatMap(({ network, accuracy, parameters, macs }) => [
      `## ${network}`,
      '',
      `Whole: ${percent(accuracy)}, ${count(parameters)} parameters, ${count(macs)} MACs.`,
      '',
      `![Accuracy against MACs](${plotFile(network)})`,
      '',
      ...tables(summary.rows.filter((row) => row.network === network)),
      '### Over all targets',
      '',
      'Hypervolume: the area that the mean points dominate, from chance up and from the MACs of the whole network down, as a share of that rectangle; with the middle 95 % of 2,000 bootstrap samples of the seeds.',
      '',
      '| method | hypervolume | 95 % interval |',
      '| --- | ---: | ---: |',
      ...summary.worth
        .filter((worth) => worth.network === network)
        .map(
          ({ method, hypervolume: { estimate, low, high } }) =>
            `| ${method} | ${estimate.toFixed(4)} | ${low.toFixed(4)} to ${high.toFixed(4)} |`,
        ),
      '',
    ]),
    ...refused(refusals),
  ].join('\n');
}

export const plotFile = (network: string): string => `${network}.svg`;

function tables(rows: readonly Row[]): string[] {
  const targets = [...new Set(rows.map(({ target }) => `${target.measure} ${target.reductionRatio}`))];
  return targets.flatMap((text) => {
    const atTarget = rows
      .filter(({ target }) => `${target.measure} ${target.reductionRatio}` === text)
      .toSorted((a, b) => b.accuracy.mean - a.accuracy.mean);
    const [{ target }] = atTarget as [Row];
    return [
      `### ${percent(target.reductionRatio)} of the ${target.measure === 'macs' ? 'MACs' : 'parameters'} removed`,
      '',
      '| method | accuracy | before retraining | MACs left | parameters left |',
      '| --- | ---: | ---: | ---: | ---: |',
      ...atTarget.map(
        ({ method, accuracy, accuracyAfterPruning, macs, parameters }) =>
          `| ${method} | ${spreadText(accuracy)} | ${spreadText(accuracyAfterPruning)} | ${percent(macs)} | ${percent(parameters)} |`,
      ),
      '',
    ];
  });
}

function refused(refusals: readonly Refusal[]): string[] {
  if (refusals.length === 0) return [];
  const rows = refusals.map(
    ({ network, method, target, seed, why }) => `| ${network} | ${method} | ${targetText(target)} | ${seed} | ${why} |`,
  );
  return ['## Refused', '', '| network | method | target | seed | why |', '| --- | --- | --- | ---: | --- |', ...rows, ''];
}

const spreadText = ({ mean, least, most }: Spread): string => `${percent(mean)} (${percent(least)} to ${percent(most)})`;
