/**
 * The same clusters with names that do not depend on how they were found: counted from 0 in the order of their lowest points. `order[new]` is
 * the old name.
 */
export function canonicalLabels(labels: Int32Array): { labels: Int32Array; order: number[] } {
  const names = new Map<number, number>();
  const renamed = labels.map((label) => {
    const known = names.get(label);
    if (known !== undefined) return known;
    names.set(label, names.size);
    return names.size - 1;
  });
  return { labels: renamed, order: [...names.keys()] };
}

/** The points of each cluster, ascending; noise (a negative label) is left out. */
export function clusterMembers(labels: ArrayLike<number>): number[][] {
  const members: number[][] = [];
  for (let point = 0; point < labels.length; point++) {
    const label = labels[point]!;
    if (label >= 0) (members[label] ??= []).push(point);
  }
  return members;
}
