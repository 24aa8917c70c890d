import { createGenerator, type NetworkData, type Topology } from '@espalier/core';
import { elementCount, readGraph, weightSpecs } from '@espalier/network';

/**
 * The topology with weights of which none is zero or one, so that a layer left out or taken for another shows in the outputs: kernels with the
 * variance 2 / fan-in (He et al. 2015), so that a picture comes through a hundred layers alive, everything else around its neutral value.
 */
export function randomWeights(topology: Topology, seed: number): NetworkData {
  const weights = weightSpecs(readGraph(topology)).map(({ name, role, shape }) => {
    const generator = createGenerator(seed, 'weights', name);
    const count = elementCount(shape);
    const isKernel = role.endsWith('kernel');
    const centre = ['gamma', 'moving_variance', 'scale'].includes(role) ? 1 : role === 'alpha' ? 0.25 : 0;
    const reach = isKernel ? Math.sqrt((6 * shape.at(-1)!) / count) : 0.2;
    return { name, shape, values: Float32Array.from({ length: count }, () => centre + reach * (2 * generator.uniform() - 1)) };
  });
  return { topology, weights };
}
