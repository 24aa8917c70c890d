/** What one small network costs and what it is worth: `cost` is to be low, `value` (such as accuracy) is to be high. */
export interface Tradeoff {
  readonly cost: number;
  readonly value: number;
}

/** The points that no other point dominates, by ascending cost. Of equal points the first stays. */
export function paretoFront<Point extends Tradeoff>(points: readonly Point[]): Point[] {
  const front: Point[] = [];
  for (const point of points.toSorted((a, b) => a.cost - b.cost || b.value - a.value)) {
    const best = front.at(-1);
    if (best === undefined || point.value > best.value) front.push(point);
  }
  return front;
}

/**
 * The hypervolume of the points' Pareto front (Zitzler and Thiele, "Multiobjective optimization using evolutionary algorithms", 1998): the area
 * that they dominate, within cost ≤ reference.cost and value ≥ reference.value. Points beyond the reference count nothing.
 */
export function hypervolume(points: readonly Tradeoff[], reference: Tradeoff): number {
  const front = paretoFront(points.filter(({ cost, value }) => cost < reference.cost && value > reference.value));
  return front.reduce((area, { cost, value }, index) => {
    const nextCost = front[index + 1]?.cost ?? reference.cost;
    return area + (nextCost - cost) * (value - reference.value);
  }, 0);
}
