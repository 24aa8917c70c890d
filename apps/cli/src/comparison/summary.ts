import { bootstrapInterval, createGenerator, hypervolume, type Estimate, type CostTarget, type Tradeoff } from '@espalier/core';
import { targetText, type Cell } from './comparison.ts';

/** A method at one target, over the seeds. */
export interface Row {
  readonly network: string;
  readonly method: string;
  readonly target: CostTarget;
  readonly seeds: number;
  /** Shares of the whole network that stay. */
  readonly macs: number;
  readonly parameters: number;
  readonly accuracyAfterPruning: Spread;
  readonly accuracy: Spread;
}

export interface Spread {
  readonly mean: number;
  readonly least: number;
  readonly most: number;
}

/** How much a method is worth over all targets: the larger, the more accuracy at the less cost. */
export interface MethodWorth {
  readonly network: string;
  readonly method: string;
  /** The area that the mean points dominate, from chance up and from the whole network's MACs down, as a share of that rectangle. */
  readonly hypervolume: Estimate;
}

export interface ComparisonSummary {
  readonly before: readonly { readonly network: string; readonly accuracy: number; readonly macs: number; readonly parameters: number }[];
  readonly rows: readonly Row[];
  /** The best first. */
  readonly worth: readonly MethodWorth[];
}

/** Pure: the same cells give the same summary, its intervals included. */
export function summarise(cells: readonly Cell[], classes: number): ComparisonSummary {
  const networks = [...new Set(cells.map(({ network }) => network))];
  return {
    before: networks.map((network) => {
      const { accuracy, macs, parameters } = cells.find((cell) => cell.network === network)!.before;
      return { network, accuracy, macs, parameters };
    }),
    rows: groupedBy(cells, ({ network, target, method }) => `${network}\n${targetText(target)}\n${method}`).map(rowOf),
    worth: groupedBy(cells, ({ network, method }) => `${network}\n${method}`)
      .map((ofMethod) => worthOf(ofMethod, classes))
      .sort((a, b) => networks.indexOf(a.network) - networks.indexOf(b.network) || b.hypervolume.estimate - a.hypervolume.estimate),
  };
}

function rowOf(cells: readonly Cell[]): Row {
  const [{ network, method, target }] = cells as [Cell];
  return {
    network,
    method,
    target,
    seeds: cells.length,
    macs: mean(cells.map(({ after, before }) => after.macs / before.macs)),
    parameters: mean(cells.map(({ after, before }) => after.parameters / before.parameters)),
    accuracyAfterPruning: spreadOf(cells.map(({ afterPruning }) => afterPruning.accuracy)),
    accuracy: spreadOf(cells.map(({ after }) => after.accuracy)),
  };
}

/** The seeds are what is drawn again by the bootstrap: a seed brings its points of all targets along. */
function worthOf(cells: readonly Cell[], classes: number): MethodWorth {
  const [{ network, method }] = cells as [Cell];
  const chance = 1 / classes;
  const bySeed = groupedBy(cells, ({ seed }) => String(seed));
  const statistic = (seeds: readonly (readonly Cell[])[]): number =>
    hypervolume(meanPoints(seeds.flat()), { cost: 1, value: chance }) / (1 - chance);
  return { network, method, hypervolume: bootstrapInterval(bySeed, statistic, createGenerator(1, 'comparison', network, method)) };
}

const meanPoints = (cells: readonly Cell[]): Tradeoff[] =>
  groupedBy(cells, ({ target }) => targetText(target)).map((atTarget) => ({
    cost: mean(atTarget.map(({ after, before }) => after.macs / before.macs)),
    value: mean(atTarget.map(({ after }) => after.accuracy)),
  }));

function groupedBy<Value>(values: readonly Value[], keyOf: (value: Value) => string): Value[][] {
  const groups = new Map<string, Value[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return [...groups.values()];
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const spreadOf = (values: readonly number[]): Spread => ({ mean: mean(values), least: Math.min(...values), most: Math.max(...values) });
