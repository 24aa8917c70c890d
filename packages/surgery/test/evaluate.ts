import type { NetworkData } from '@espalier/core';
import { type GraphNode, readGraph } from '@espalier/network';
import { activate } from './activations.ts';
import { convolve, convolveDepthwise, convolveTransposed } from './convolutions.ts';
import { list, pair, type Tensor, tensor } from './tensor.ts';
import { globalPool, join, merge, movePixels, pool, turn } from './shaping.ts';

/**
 * The network's outputs for one image, in double precision, by the plainest possible loops: what tests compare cut networks with. It shares the graph
 * reader with the code under test, but no arithmetic with any framework.
 */
export function evaluate(network: NetworkData, image: Tensor): Tensor[] {
  const graph = readGraph(network.topology);
  const weights = new Map(network.weights.map((weight) => [weight.name, weight]));
  const results: Tensor[] = [];
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((input) => results[input]!);
    const own = (role: string): Tensor | undefined => {
      const weight = weights.get(`${node.layer}/${role}`);
      return weight && { shape: weight.shape, values: Float64Array.from(weight.values) };
    };
    results.push(node.inputs.length === 0 ? image : run(node, inputs, own));
  }
  return graph.outputs.map((output) => results[output]!);
}

function run(node: GraphNode, inputs: readonly Tensor[], own: (role: string) => Tensor | undefined): Tensor {
  const input = inputs[0]!;
  const { config, outputShape } = node;
  const finish = (result: Tensor): Tensor => activate(String(config['activation'] ?? 'linear'), withBias(result, own('bias')));
  switch (node.type) {
    case 'Conv2D':
      return finish(convolve(node, input, own('kernel')!, Number(config['groups'] ?? 1)));
    case 'DepthwiseConv2D':
      return finish(convolveDepthwise(node, input, own('depthwise_kernel')!, outputShape));
    case 'SeparableConv2D': {
      const between = [...outputShape.slice(0, 2), input.shape[2]! * own('depthwise_kernel')!.shape[3]!];
      const middle = convolveDepthwise(node, input, own('depthwise_kernel')!, between);
      return finish(dense(middle, { shape: own('pointwise_kernel')!.shape.slice(2), values: own('pointwise_kernel')!.values }));
    }
    case 'Conv2DTranspose':
      return finish(convolveTransposed(node, input, own('kernel')!));
    case 'Dense':
      return finish(dense(input, own('kernel')!));
    case 'BatchNormalization':
      return normalise(input, Number(config['epsilon']), own);
    case 'L2Normalization':
      return l2Normalise(input, own('scale')!);
    case 'Activation':
      return finish(input);
    case 'ReLU':
    case 'Softmax':
      return activate(node.type.toLowerCase(), input);
    case 'LeakyReLU':
      return { ...input, values: input.values.map((x) => (x < 0 ? x * Number(config['alpha']) : x)) };
    case 'ELU':
      return { ...input, values: input.values.map((x) => (x < 0 ? Number(config['alpha']) * Math.expm1(x) : x)) };
    case 'ThresholdedReLU':
      return { ...input, values: input.values.map((x) => (x > Number(config['theta']) ? x : 0)) };
    case 'PReLU': {
      const alpha = own('alpha')!.values;
      return { ...input, values: input.values.map((x, index) => (x < 0 ? x * alpha[index % alpha.length]! : x)) };
    }
    case 'MaxPooling2D':
    case 'AveragePooling2D':
      return pool(node, input, pair(config['pool_size']), pair(config['strides'] ?? config['pool_size']), node.type === 'MaxPooling2D');
    case 'GlobalAveragePooling2D':
    case 'GlobalMaxPooling2D':
      return { ...globalPool(input, node.type === 'GlobalMaxPooling2D'), shape: outputShape };
    case 'ZeroPadding2D': {
      const [[top], [left]] = config['padding'] as [[number], [number]];
      return movePixels(input, outputShape, (y, x) => [y - top, x - left]);
    }
    case 'Cropping2D': {
      const [[top], [left]] = config['cropping'] as [[number], [number]];
      return movePixels(input, outputShape, (y, x) => [y + top, x + left]);
    }
    case 'UpSampling2D': {
      const [vertical, horizontal] = pair(config['size']);
      return movePixels(input, outputShape, (y, x) => [Math.floor(y / vertical), Math.floor(x / horizontal)]);
    }
    case 'ChannelPadding':
      return padChannels(input, Number(config['before']), outputShape);
    case 'ChannelSelection':
      return selectChannels(input, config['channels'] as readonly number[], outputShape);
    case 'Concatenate':
      return join(inputs, outputShape, Number(list(config['axis'])[0]));
    case 'Flatten':
    case 'Reshape':
      return { shape: outputShape, values: input.values };
    case 'Permute':
      return turn(input, config['dims'] as readonly number[], outputShape);
    case 'Dropout':
    case 'SpatialDropout2D':
    case 'GaussianNoise':
    case 'ActivityRegularization':
      return input;
    default:
      return merge(node.type, inputs, outputShape);
  }
}

function withBias(input: Tensor, bias: Tensor | undefined): Tensor {
  return bias === undefined ? input : { ...input, values: input.values.map((x, index) => x + bias.values[index % bias.values.length]!) };
}

function dense(input: Tensor, kernel: Tensor): Tensor {
  const [inputs, units] = kernel.shape as [number, number];
  const output = tensor([...input.shape.slice(0, -1), units]);
  for (let row = 0; row < input.values.length / inputs; row++)
    for (let index = 0; index < inputs; index++) {
      const x = input.values[row * inputs + index]!;
      for (let unit = 0; unit < units; unit++) output.values[row * units + unit]! += x * kernel.values[index * units + unit]!;
    }
  return output;
}

function normalise(input: Tensor, epsilon: number, own: (role: string) => Tensor | undefined): Tensor {
  const [mean, variance] = [own('moving_mean')!.values, own('moving_variance')!.values];
  const [gamma, beta] = [own('gamma')?.values, own('beta')?.values];
  const values = input.values.map((x, index) => {
    const c = index % mean.length;
    return ((x - mean[c]!) / Math.sqrt(variance[c]! + epsilon)) * (gamma?.[c] ?? 1) + (beta?.[c] ?? 0);
  });
  return { ...input, values };
}

function l2Normalise(input: Tensor, scale: Tensor): Tensor {
  const channels = scale.values.length;
  const values = input.values.map((x, index) => {
    const start = index - (index % channels);
    const norm = Math.hypot(...input.values.subarray(start, start + channels));
    return (x / (norm + 1e-12)) * scale.values[index % channels]!;
  });
  return { ...input, values };
}

function padChannels(input: Tensor, before: number, shape: readonly number[]): Tensor {
  const output = tensor(shape);
  const [from, to] = [input.shape.at(-1)!, shape.at(-1)!];
  input.values.forEach((x, index) => {
    output.values[Math.floor(index / from) * to + before + (index % from)] = x;
  });
  return output;
}

function selectChannels(input: Tensor, channels: readonly number[], shape: readonly number[]): Tensor {
  const width = input.shape.at(-1)!;
  const output = tensor(shape);
  output.values.forEach((_, index) => {
    output.values[index] = input.values[Math.floor(index / channels.length) * width + channels[index % channels.length]!]!;
  });
  return output;
}
