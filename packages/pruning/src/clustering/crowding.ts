import type { Points } from './points.ts';

/**
 * The crowding distance of NSGA-II (Deb, Pratap, Agarwal, Meyarivan 2002): how far apart a point's neighbours are, added up over the dimensions.
 *
 * In each dimension the points are sorted (ties by index); the two ends get ∞, a point between adds (next − previous) / (max − min). A dimension in
 * which all points agree adds nothing and has no ends: nobody is extreme in it.
 */
export function crowdingDistances(points: Points, members: readonly number[]): Float64Array {
  const { dimensions, values } = points;
  const sums = new Float64Array(members.length);
  for (let dimension = 0; dimension < dimensions; dimension++) {
    const valueOf = (place: number): number => values[members[place]! * dimensions + dimension]!;
    const order = members.map((_, place) => place).sort((a, b) => valueOf(a) - valueOf(b) || members[a]! - members[b]!);
    const range = order.length === 0 ? 0 : valueOf(order[order.length - 1]!) - valueOf(order[0]!);
    if (range === 0) continue;
    order.forEach((place, rank) => {
      const isEnd = rank === 0 || rank === order.length - 1;
      sums[place]! += isEnd ? Infinity : (valueOf(order[rank + 1]!) - valueOf(order[rank - 1]!)) / range;
    });
  }
  return sums;
}

/** How the ties of thinning are broken: the point with the smaller weight goes first, of equals the higher index. */
export type Weights = (point: number) => number;

/**
 * The `keep` points of `members` that are left, ascending, when the most crowded one goes, the distances are worked out anew, the next one goes, and
 * so on. Only a point's neighbours in each ranking change with it, so n points cost n² steps and not n² log n sorts.
 */
export function thinByCrowding(points: Points, members: readonly number[], keep: number, weightOf: Weights): number[] {
  let left = [...members];
  let ranks = rankings(points, left);
  const crowding = new Map(left.map((point) => [point, crowdingOf(points, ranks, point)]));
  while (left.length > keep) {
    const gone = mostCrowded(left, crowding, weightOf);
    left = left.filter((point) => point !== gone);
    if (crowding.get(gone) === Infinity) {
      // An end went: the ranges may have changed, and with them every distance.
      ranks = rankings(points, left);
      for (const point of left) crowding.set(point, crowdingOf(points, ranks, point));
      continue;
    }
    const neighbours = new Set(ranks.flatMap(({ previous, next }) => [previous.get(gone)!, next.get(gone)!]));
    for (const { previous, next } of ranks) {
      const before = previous.get(gone);
      const after = next.get(gone);
      if (before !== undefined) setOrDelete(next, before, after);
      if (after !== undefined) setOrDelete(previous, after, before);
    }
    for (const point of neighbours) if (point !== undefined) crowding.set(point, crowdingOf(points, ranks, point));
  }
  return left.sort((a, b) => a - b);
}

function setOrDelete(map: Map<number, number>, key: number, value: number | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}

/** The order of the points along one dimension, as links; an end has no link on its side. */
interface Ranking {
  readonly dimension: number;
  readonly range: number;
  readonly previous: Map<number, number>;
  readonly next: Map<number, number>;
}

function rankings({ dimensions, values }: Points, members: readonly number[]): Ranking[] {
  return Array.from({ length: dimensions }, (_, dimension) => {
    const valueOf = (point: number): number => values[point * dimensions + dimension]!;
    const order = [...members].sort((a, b) => valueOf(a) - valueOf(b) || a - b);
    const previous = new Map<number, number>();
    const next = new Map<number, number>();
    for (let rank = 1; rank < order.length; rank++) {
      previous.set(order[rank]!, order[rank - 1]!);
      next.set(order[rank - 1]!, order[rank]!);
    }
    return { dimension, range: order.length === 0 ? 0 : valueOf(order[order.length - 1]!) - valueOf(order[0]!), previous, next };
  });
}

function crowdingOf({ dimensions, values }: Points, ranks: readonly Ranking[], point: number): number {
  let sum = 0;
  for (const { dimension, range, previous, next } of ranks) {
    if (range === 0) continue;
    const before = previous.get(point);
    const after = next.get(point);
    if (before === undefined || after === undefined) return Infinity;
    sum += (values[after * dimensions + dimension]! - values[before * dimensions + dimension]!) / range;
  }
  return sum;
}

function mostCrowded(members: readonly number[], crowding: ReadonlyMap<number, number>, weightOf: Weights): number {
  return members.reduce((worst, point) => {
    if (point === worst) return worst;
    const order = compare(crowding.get(point)!, crowding.get(worst)!) || compare(weightOf(point), weightOf(worst));
    return order < 0 || (order === 0 && point > worst) ? point : worst;
  });
}

const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);
