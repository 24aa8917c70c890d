export { pointsFrom, distinctCount, type Points } from './points.ts';
export { metrics, pairwiseDistances, type DistanceMatrix, type Metric } from './distances.ts';
export { innerProducts } from './inner-products/inner-products.ts';
export { dbscan, dbscanOfDistances, noise, type Dbscan, type DbscanSettings } from './dbscan.ts';
export { kMeans, type KMeans, type KMeansSettings } from './k-means.ts';
export { clusterCountAt, completeLinkage, cutAtCount, cutAtHeight, heightTolerance, type Merge } from './agglomerative.ts';
export { calinskiHarabasz, silhouette } from './quality.ts';
export { crowdingDistances, thinByCrowding } from './crowding.ts';
export { canonicalLabels, clusterMembers } from './labels.ts';
