import { createGenerator, type NetworkData, type Topology } from '@espalier/core';
import { readGraph, weightSpecs } from '@espalier/network';
import { type Tensor, tensor } from './tensor.ts';

/** The topology with weights drawn from `seed`: normal, variances between ½ and 1½. Nothing is zero, so that every mistake shows. */
export function randomNetwork(topology: Topology, seed: number): NetworkData {
  const generator = createGenerator(seed, 'weights');
  const weights = weightSpecs(readGraph(topology)).map(({ name, role, shape }) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const fanIn = Math.max(1, length / shape.at(-1)!);
    const draw =
      role === 'moving_variance'
        ? () => 0.5 + generator.uniform()
        : () => generator.normal() / Math.sqrt(role.endsWith('kernel') ? fanIn : 4);
    return { name, shape, values: Float32Array.from({ length }, draw) };
  });
  return { topology, weights };
}

export function randomImage(topology: Topology, seed: number): Tensor {
  const generator = createGenerator(seed, 'image');
  const image = tensor(readGraph(topology).nodes[0]!.outputShape);
  return { ...image, values: image.values.map(() => generator.normal()) };
}
