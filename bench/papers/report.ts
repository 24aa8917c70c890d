import { markdownTable } from '../harness/table.ts';
import type { BaselineScore, FigureScore, RateScore } from './scoreboard.ts';

interface Scores {
  readonly baselines: readonly BaselineScore[];
  readonly rates: readonly RateScore[];
  readonly figures: readonly FigureScore[];
}

export const markdownReport = ({ baselines, rates, figures }: Scores): string =>
  [
    '# What the papers print, recomputed',
    '',
    'Made by `npm run bench:papers -- --write`. Every figure of ours is an exact count of a graph; nothing is trained here and no accuracy is claimed.',
    '',
    '## Whole networks',
    '',
    'Counted in the convention of the paper, and, in the last column, as multiply-accumulates of convolutions and dense layers.',
    '',
    markdownTable(
      ['network', 'paper', 'convention', 'printed M', 'recomputed', 'printed parameters M', 'recomputed', 'true MACs'],
      baselines.map(({ row, parameters, cost, macs }) => [
        `${row.network}${row.classes === undefined ? '' : `, ${row.classes} classes`}${row.remark === undefined ? '' : ` (${row.remark})`}`,
        row.paper,
        row.convention,
        String(row.millionCost),
        integer(cost),
        String(row.millionParameters),
        integer(parameters),
        integer(macs),
      ]),
    ),
    '',
    '## Pruned at published rates',
    '',
    'By the rule of HRank every convolution makes fewer channels and goes on reading all of its inputs. EXP and its sibling count the pruned network in binary units (2²⁰, or',
    '2³⁰) and the whole one in decimal ones, so that their percentages are too large; the column “with that slip” is what the slip makes of the exact count, and comes to what',
    'is printed but for the rounding of the figures in between. The last columns are the truth: both sides of every kernel narrowed, every dependency group as wide as the',
    'widest of its convolutions, since a channel of a residual sum can only go from all of them at once.',
    '',
    markdownTable(
      [
        'network',
        'paper',
        'printed cost',
        'exact, by the rule',
        'printed %',
        'with that slip %',
        'exact %',
        'true MACs',
        'true %',
        'true parameters',
      ],
      rates.map(({ row, rule, ruleReduction, mixedUnitsReduction, physical, physicalReduction }) => [
        `${row.network} \`${row.rates}\``,
        row.paper,
        row.cost === undefined ? '' : `${row.cost} ${row.unit}`,
        integer(rule.cost),
        row.reduction === undefined ? '' : row.reduction.toFixed(2),
        row.paper === 'HRank' ? '' : percent(mixedUnitsReduction),
        percent(ruleReduction),
        integer(physical.macs),
        percent(physicalReduction),
        integer(physical.parameters),
      ]),
    ),
    '',
    '## Printed without widths',
    '',
    'The structure behind these rows was not published, so only their arithmetic can be checked: whether the printed percentage follows from the printed figures.',
    '',
    markdownTable(
      [
        'network',
        'paper',
        'setting',
        'printed M',
        'printed %',
        'from the figures %',
        'parameters M',
        'printed %',
        'from the figures %',
        'consistent',
      ],
      figures.map(({ row, reduction, parameterReduction, consistent }) => [
        `${row.network}, ${row.data}`,
        row.paper,
        row.setting,
        row.cost === undefined ? '' : row.cost.toFixed(2),
        row.reduction === undefined ? '' : row.reduction.toFixed(2),
        reduction === null ? '' : reduction.toFixed(2),
        row.parameters === undefined ? '' : row.parameters.toFixed(2),
        row.parameterReduction === undefined ? '' : row.parameterReduction.toFixed(2),
        parameterReduction === null ? '' : parameterReduction.toFixed(2),
        consistent === null ? 'no figures' : consistent ? 'yes' : 'no',
      ]),
    ),
    '',
  ].join('\n');

const integer = (value: number): string => value.toLocaleString('en').replaceAll(',', ' ');
const percent = (share: number): string => (100 * share).toFixed(2);
