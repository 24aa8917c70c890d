import { createGenerator, type NetworkData } from '@espalier/core';
import { readGraph } from '@espalier/network';
import { collectorFor, type FeatureMaps, type Statistics } from '../src/index.ts';

/**
 * What a method would gather from pictures, without any network being executed: maps in which channels are alike by fours to different degrees, and
 * gradients from a normal distribution. Undefined for a method that looks at weights alone.
 */
export function madeUpStatistics(
  network: NetworkData,
  name: string,
  settings: Readonly<Record<string, unknown>> = {},
  seed = 1,
): Statistics | undefined {
  const collector = collectorFor({ network, method: { name, settings } });
  if (collector === null) return undefined;
  const generator = createGenerator(seed, 'made-up');
  // Large maps are many numbers: they are picked from some that were drawn before.
  const drawn = Float32Array.from({ length: 2 ** 16 }, () => generator.normal());
  const quick = (): number => drawn[generator.uint32() >>> 16]!;
  for (let batch = 0; batch < 2; batch++) {
    if (collector.kind === 'feature-maps') {
      const shapes = new Map(readGraph(network.topology).nodes.map(({ layer, outputShape }) => [layer, outputShape]));
      for (const { layer, tap } of collector.taps) collector.add(layer, maps(shapes.get(tap)!, 3, quick));
    } else {
      const sizes = new Map(network.weights.map((weight) => [weight.name, weight.values.length]));
      collector.add(
        new Map(collector.weights.map((weight) => [weight, Float32Array.from({ length: sizes.get(weight)! }, () => generator.normal())])),
      );
    }
  }
  return collector.finish();
}

function maps(shape: readonly number[], images: number, normal: () => number): FeatureMaps {
  const [height, width, channels] = shape.length === 3 ? (shape as [number, number, number]) : ([1, 1, shape[0]!] as const);
  const kinds = Math.ceil(channels / 4);
  const values = new Float32Array(images * height * width * channels);
  let place = 0;
  for (let position = 0; position < images * height * width; position++) {
    const patterns = Array.from({ length: kinds }, () => normal());
    for (let channel = 0; channel < channels; channel++)
      values[place++] = patterns[channel % kinds]! + (0.5 * (channel + 1) * normal()) / channels;
  }
  return { shape: [images, height, width, channels], values };
}
