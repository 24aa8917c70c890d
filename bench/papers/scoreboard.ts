import { hrankRuleCost, networkCost, parseRates, readGraph } from '@espalier/network';
import { buildZooTopology, publishedRates } from '@espalier/zoo';
import type { BaselineRow, FigureRow, RateRow } from './rows.ts';
import { physicalCost } from './structure.ts';

/** A whole network: what the paper prints and what its convention gives, beside the true multiply-accumulates. */
export interface BaselineScore {
  readonly row: BaselineRow;
  readonly parameters: number;
  readonly cost: number;
  readonly macs: number;
}

export function scoreBaseline(row: BaselineRow): BaselineScore {
  const graph = readGraph(buildZooTopology(row.network, row.classes === undefined ? {} : { classes: row.classes }));
  const { parameters, cost } = networkCost(graph, row.convention);
  return { row, parameters, cost, macs: networkCost(graph).macs };
}

/** A network pruned at published rates: by the papers' rule, and as it would be with both sides of every kernel narrowed. */
export interface RateScore {
  readonly row: RateRow;
  readonly rule: { readonly parameters: number; readonly cost: number };
  readonly ruleReduction: number;
  readonly ruleParameterReduction: number;
  /** The reduction that comes out when the pruned cost is counted in binary units (2²⁰, or 2³⁰) and the whole one in decimal ones. */
  readonly mixedUnitsReduction: number;
  readonly physical: { readonly parameters: number; readonly macs: number };
  readonly physicalReduction: number;
}

export function scoreRates(row: RateRow): RateScore {
  const graph = readGraph(buildZooTopology(row.network));
  const rates = publishedRates(row.network, parseRates(row.rates));
  const rule = hrankRuleCost(graph, rates);
  const whole = networkCost(graph, 'hrank');
  const physical = physicalCost(graph, rates);
  return {
    row,
    rule,
    ruleReduction: 1 - rule.cost / whole.cost,
    ruleParameterReduction: 1 - rule.parameters / whole.parameters,
    mixedUnitsReduction: 1 - rule.cost / whole.cost / (row.slip === 'giga' ? 2 ** 30 / 1e9 : 2 ** 20 / 1e6),
    physical,
    physicalReduction: 1 - physical.macs / networkCost(graph).macs,
  };
}

/** Figures without widths: whether the printed percentages follow from the printed figures. */
export interface FigureScore {
  readonly row: FigureRow;
  readonly reduction: number | null;
  readonly parameterReduction: number | null;
  /** Whether every printed percentage is within the rounding of the figures it is made of; null where there is nothing to check. */
  readonly consistent: boolean | null;
}

export function scoreFigures(row: FigureRow): FigureScore {
  const { baseline } = row;
  const share = (figure: number | undefined, whole: number): number | null => (figure === undefined ? null : 100 * (1 - figure / whole));
  const reduction = share(row.cost, baseline.cost);
  const parameterReduction = share(row.parameters, baseline.parameters);
  const checks = [
    agrees(reduction, row.reduction, baseline.cost),
    agrees(parameterReduction, row.parameterReduction, baseline.parameters),
  ].filter((check) => check !== null);
  return { row, reduction, parameterReduction, consistent: checks.length === 0 ? null : checks.every(Boolean) };
}

/** Figures are printed to 0.01: half a unit in either of them, and half a unit of the percentage. */
function agrees(recomputed: number | null, printed: number | undefined, whole: number): boolean | null {
  if (recomputed === null || printed === undefined) return null;
  return Math.abs(recomputed - printed) <= (100 * 0.005 * 2) / whole + 0.0051;
}
