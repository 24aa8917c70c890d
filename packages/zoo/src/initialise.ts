import { createGenerator, type Generator, type NetworkData, type Topology, type Weight } from '@espalier/core';
import { elementCount, type NamedWeightSpec, readGraph, weightSpecs } from '@espalier/network';

/** Fills one tensor of the given number of values; `fanIn` and `fanOut` are the weights that lead into and out of one unit. */
type Initialiser = (values: Float32Array, generator: Generator, fanIn: number, fanOut: number) => void;

/** Normal with variance 2 / fanIn (He et al. 2015, "Delving deep into rectifiers", eq. 10). */
const heNormal: Initialiser = (values, generator, fanIn) => {
  const deviation = Math.sqrt(2 / fanIn);
  for (let index = 0; index < values.length; index++) values[index] = deviation * generator.normal();
};

/** Uniform in ±√(6 / (fanIn + fanOut)) (Glorot and Bengio 2010, eq. 16). */
const glorotUniform: Initialiser = (values, generator, fanIn, fanOut) => {
  const limit = Math.sqrt(6 / (fanIn + fanOut));
  for (let index = 0; index < values.length; index++) values[index] = limit * (2 * generator.uniform() - 1);
};

const constant =
  (value: number): Initialiser =>
  (values) => {
    values.fill(value);
  };

/** By the role of a weight; the kernel of a Dense layer is the one exception. */
const initialisers: Readonly<Record<string, Initialiser>> = {
  kernel: heNormal,
  depthwise_kernel: heNormal,
  pointwise_kernel: heNormal,
  bias: constant(0),
  gamma: constant(1),
  beta: constant(0),
  moving_mean: constant(0),
  moving_variance: constant(1),
  /** The slope from which He et al. 2015 start PReLU. */
  alpha: constant(0.25),
  /** The length to which SSD first scales every place of conv4_3 (Liu et al. 2016, §3.1, after ParseNet). */
  scale: constant(20),
};

/**
 * Freshly drawn weights for every layer of `topology`, in the order of its graph, all weights of a layer together. Each layer draws from a
 * generator of its own (seed, 'init', name), so that adding a layer changes the weights of no other.
 */
export function initialiseWeights(topology: Topology, seed: number): NetworkData {
  const generators = new Map<string, Generator>();
  const weights = weightSpecs(readGraph(topology)).map((spec): Weight => {
    const { layer } = spec.node;
    const generator = generators.get(layer) ?? createGenerator(seed, 'init', layer);
    generators.set(layer, generator);
    const values = new Float32Array(elementCount(spec.shape));
    const [fanIn, fanOut] = fans(spec);
    initialiserOf(spec)(values, generator, fanIn, fanOut);
    return { name: spec.name, shape: spec.shape, values };
  });
  return { topology, weights };
}

function initialiserOf({ role, name, node }: NamedWeightSpec): Initialiser {
  if (node.type === 'Dense' && role === 'kernel') return glorotUniform;
  const initialiser = initialisers[role];
  if (initialiser === undefined) throw new Error(`no initialiser is known for ${name}`);
  return initialiser;
}

/** A unit of a depthwise kernel [kH, kW, C, m] reads one channel, of any other kernel all channels before it. */
function fans({ role, shape, axes }: NamedWeightSpec): [fanIn: number, fanOut: number] {
  const [height = 1, width = 1] = shape;
  if (role === 'depthwise_kernel') return [height * width, height * width * (shape[3] ?? 1)];
  const outputAxis = axes.indexOf('out');
  const others = (axis: number) => shape.reduce((product, size, index) => (index === axis ? product : product * size), 1);
  const inputAxis = shape.length === 4 && outputAxis === 2 ? 3 : shape.length - 2;
  return [others(outputAxis), others(inputAxis)];
}
