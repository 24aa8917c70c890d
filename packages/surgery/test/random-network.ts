import { createGenerator, type NetworkData, type Topology } from '@espalier/core';
import { readGraph, weightSpecs } from '@espalier/network';
import { type Tensor, tensor } from './tensor.ts';

/** The topology with weights drawn evenly around zero from `seed`, variances between ½ and 1½. Nothing is zero, so that every mistake shows. */
export function randomNetwork(topology: Topology, seed: number): NetworkData {
  const generator = createGenerator(seed, 'weights');
  const weights = weightSpecs(readGraph(topology)).map(({ name, role, shape }) => {
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    const fanIn = role.endsWith('kernel') ? values.length / shape.at(-1)! : 4;
    const centre = role === 'moving_variance' ? 1 : 0;
    const reach = role === 'moving_variance' ? 0.5 : Math.sqrt(3 / fanIn);
    // Half a step off the grid: the middle of the range, which is zero, is never drawn.
    for (let index = 0; index < values.length; index++) values[index] = centre + reach * ((generator.uint32() + 0.5) / 2 ** 31 - 1);
    return { name, shape, values };
  });
  return { topology, weights };
}

export function randomImage(topology: Topology, seed: number): Tensor {
  const generator = createGenerator(seed, 'image');
  const image = tensor(readGraph(topology).nodes[0]!.outputShape);
  return { ...image, values: image.values.map(() => generator.normal()) };
}
