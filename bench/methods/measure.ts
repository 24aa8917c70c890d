import process from 'node:process';
import { createGenerator, type MethodChoice, type NetworkData } from '@espalier/core';
import { readGraph } from '@espalier/network';
import { type Collector, collectorFor, type FeatureMaps, planPruning, type Statistics } from '@espalier/pruning';
import { dbscan } from '@espalier/pruning/clustering';

export interface MethodTimes {
  readonly name: string;
  /** Pictures whose maps were gathered; null for a method that looks at weights alone. */
  readonly images: number | null;
  /** Milliseconds of gathering, without making the maps up. */
  readonly gathering: number;
  readonly planning: number;
  readonly cpu: number;
  readonly reachedRatio: number;
}

/** One method's scoring, clustering and selection for half of the MACs, on a network of which nothing is known yet. */
export function measureMethod(name: string, network: NetworkData, mostImages: number): MethodTimes {
  const method: MethodChoice = { name, settings: {} };
  const collector = collectorFor({ network, method });
  const gathered = collector === null ? null : gather(collector, network, mostImages);
  const before = process.cpuUsage();
  const start = performance.now();
  const { reachedRatio } = planPruning({
    network,
    networkDigest: '0'.repeat(64),
    method,
    target: { measure: 'macs', reductionRatio: 0.5 },
    seed: 1,
    round: 1,
    ...(gathered === null ? {} : { statistics: gathered.statistics }),
  });
  const planning = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return {
    name,
    images: gathered?.images ?? null,
    gathering: gathered?.milliseconds ?? 0,
    planning,
    cpu: (user + system) / 1000 + (gathered?.cpuMilliseconds ?? 0),
    reachedRatio,
  };
}

interface Gathered {
  readonly statistics: Statistics;
  readonly images: number;
  readonly milliseconds: number;
  readonly cpuMilliseconds: number;
}

/** Feeds a collector with made-up maps, eight pictures at a time as a forward pass would; only its own work is timed. */
function gather(collector: Collector, network: NetworkData, mostImages: number): Gathered {
  const images = Math.min(collector.images, mostImages);
  const noise = rectifiedNoise();
  let milliseconds = 0;
  let cpuMilliseconds = 0;
  const timed = <Result>(work: () => Result): Result => {
    const before = process.cpuUsage();
    const start = performance.now();
    const result = work();
    milliseconds += performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    cpuMilliseconds += (user + system) / 1000;
    return result;
  };
  if (collector.kind === 'gradients') {
    const sizes = new Map(network.weights.map(({ name, values }) => [name, values.length]));
    const gradients = new Map(collector.weights.map((name) => [name, noise.subarray(0, sizes.get(name)!)]));
    for (let batch = 0; batch < Math.ceil(images / 32); batch++) timed(() => collector.add(gradients));
  } else {
    const shapes = new Map(readGraph(network.topology).nodes.map(({ layer, outputShape }) => [layer, outputShape]));
    for (let seen = 0; seen < images; seen += 8)
      collector.taps.forEach(({ layer, tap }, place) => {
        const maps = madeUp(shapes.get(tap)!, Math.min(8, images - seen), noise, 977 * place + seen);
        timed(() => collector.add(layer, maps));
      });
  }
  return { statistics: timed(() => collector.finish()), images, milliseconds, cpuMilliseconds };
}

function rectifiedNoise(): Float32Array {
  const generator = createGenerator(1, 'noise');
  return Float32Array.from({ length: 2 ** 22 }, () => Math.max(0, generator.normal()));
}

function madeUp(shape: readonly number[], images: number, noise: Float32Array, start: number): FeatureMaps {
  const [height, width, channels] = shape.length === 3 ? (shape as [number, number, number]) : ([1, 1, shape[0]!] as const);
  const length = images * height * width * channels;
  return {
    shape: [images, height, width, channels],
    values: Float32Array.from({ length }, (_, place) => noise[(start + place) % noise.length]!),
  };
}

/** Milliseconds of cosine distances and DBSCAN, best of three. Half of the points are alike by fours. */
export function measureDbscan(channels: number, dimensions: number): number {
  const generator = createGenerator(1, 'points');
  const values = Float32Array.from({ length: channels * dimensions }, () => generator.normal());
  for (let channel = 0; channel < channels / 2; channel++)
    if (channel % 4 > 0)
      for (let k = 0; k < dimensions; k++)
        values[channel * dimensions + k] = values[(channel - (channel % 4)) * dimensions + k]! + 0.01 * values[channel * dimensions + k]!;
  const points = { count: channels, dimensions, values };
  const times = Array.from({ length: 3 }, () => {
    const start = performance.now();
    dbscan(points, { epsilon: 0.01, minimumPoints: 5, metric: 'cosine' });
    return performance.now() - start;
  });
  return Math.min(...times);
}
