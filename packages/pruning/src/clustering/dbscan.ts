import { type DistanceMatrix, type Metric, pairwiseDistances } from './distances.ts';
import type { Points } from './points.ts';

/** The label of a point that belongs to no cluster. */
export const noise = -1;

export interface DbscanSettings {
  /** Points at most this far apart are neighbours. */
  readonly epsilon: number;
  /** A point with at least this many neighbours, itself among them, is a core point. */
  readonly minimumPoints: number;
  readonly metric: Metric;
}

export interface Dbscan {
  /** [count]: the cluster of each point, counted from 0 in the order of their lowest core points, or `noise`. */
  readonly labels: Int32Array;
  readonly clusterCount: number;
  readonly noiseCount: number;
}

/**
 * DBSCAN (Ester, Kriegel, Sander, Xu 1996): core points that are neighbours share a cluster; a border point goes to the first cluster that
 * reaches it, scanning by index; what is left is noise. The same labels as scikit-learn's, which scans in the same order.
 *
 * Why not a package: `density-clustering` takes only distances below ε (not equal) and makes an object for each neighbour, which at 2048 channels
 * is minutes; its distances are those of nested arrays.
 */
export function dbscan(points: Points, { metric, ...settings }: DbscanSettings): Dbscan {
  return dbscanOfDistances(pairwiseDistances(points, metric), settings);
}

/** DBSCAN of points whose distances are known: one matrix serves many ε. */
export function dbscanOfDistances({ count, values }: DistanceMatrix, { epsilon, minimumPoints }: Omit<DbscanSettings, 'metric'>): Dbscan {
  const isCore = new Uint8Array(count);
  for (let point = 0; point < count; point++) {
    let neighbours = 0;
    for (let place = point * count, end = place + count; place < end; place++) if (values[place]! <= epsilon) neighbours++;
    isCore[point] = neighbours >= minimumPoints ? 1 : 0;
  }
  const labels = new Int32Array(count).fill(noise);
  let clusterCount = 0;
  const open: number[] = [];
  for (let seed = 0; seed < count; seed++) {
    if (labels[seed] !== noise || isCore[seed] === 0) continue;
    labels[seed] = clusterCount;
    open.push(seed);
    for (let point = open.pop(); point !== undefined; point = open.pop()) {
      for (let other = 0; other < count; other++) {
        if (labels[other] !== noise || values[point * count + other]! > epsilon) continue;
        labels[other] = clusterCount;
        if (isCore[other] === 1) open.push(other);
      }
    }
    clusterCount++;
  }
  return { labels, clusterCount, noiseCount: labels.reduce((sum, label) => sum + (label === noise ? 1 : 0), 0) };
}
