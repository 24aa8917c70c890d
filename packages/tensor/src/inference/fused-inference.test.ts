import process from 'node:process';
import { beforeAll, describe, expect, it } from 'vitest';
import { largestDifference, normalTensor } from '../../test/small-network.ts';
import { compile, fusedInference, openBackend, tf, variablesOf } from '../index.ts';
import { hasFusedConvolutions } from '../kernels/fused-convolution.ts';
import { BatchNormalization } from '../layers/batch-normalization.ts';
import { Convolution } from '../layers/convolution.ts';
import { DepthwiseConvolution } from '../layers/depthwise-convolution.ts';
import { Rectifier } from '../layers/rectifiers.ts';
import { findChains } from './chains.ts';

/**
 * Relative to the largest value. Multiplying the scale in elsewhere costs two or three roundings (6e-8 each) a layer, and sums of up to 72 products in
 * another order some more; 4e-6 was the most that was seen over all networks of the zoo, of up to 120 layers.
 */
const TOLERANCE = 1e-5;

beforeAll(async () => {
  await openBackend();
});

const convolution = (config: tf.serialization.ConfigDict = {}) =>
  new Convolution({ filters: 8, kernelSize: 3, padding: 'same', useBias: false, ...config });
const depthwise = (config: tf.serialization.ConfigDict = {}) =>
  new DepthwiseConvolution({ kernelSize: 3, padding: 'same', useBias: false, ...config });
const normalization = (config: tf.serialization.ConfigDict = {}) => new BatchNormalization({ epsilon: 1e-3, ...config });
const activation = (name: 'relu' | 'relu6' | 'tanh') => tf.layers.activation({ activation: name as 'relu' });
const padding = () => tf.layers.zeroPadding2d({ padding: [[1, 0], [2, 1]] }); // prettier-ignore

/** One layer after the other on [6, 7, 4] pictures, with normal numbers for weights, and variances of at least a half. */
function chained(layers: readonly tf.layers.Layer[], outputs: readonly number[] = [layers.length - 1]): tf.LayersModel {
  const input = tf.input({ shape: [6, 7, 4] });
  const made: tf.SymbolicTensor[] = [];
  for (const layer of layers) made.push(layer.apply(made.at(-1) ?? input) as tf.SymbolicTensor);
  const model = tf.model({ inputs: input, outputs: outputs.map((index) => made[index]!) });
  model.weights.forEach((weight, index) => {
    const values = normalTensor(index + 1, weight.shape as number[]);
    weight.write(weight.originalName.endsWith('variance') ? tf.add(tf.square(values), 0.5) : values);
  });
  return model;
}

const pictures = () => normalTensor(99, [2, 6, 7, 4]);
const apart = (model: tf.LayersModel) => [model.apply(pictures(), { training: false }) as tf.Tensor | tf.Tensor[]].flat();

function expectTheSame(model: tf.LayersModel): void {
  const [fused, expected] = [fusedInference(model)(pictures()), apart(model)];
  fused.forEach((output, index) => {
    const values = expected[index]!.dataSync<'float32'>();
    const scale = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    expect(scale).toBeGreaterThan(0.1);
    expect(output.shape).toEqual(expected[index]!.shape);
    expect(largestDifference(output.dataSync<'float32'>(), values) / scale).toBeLessThan(TOLERANCE);
  });
}

const chains: Record<string, () => tf.layers.Layer[]> = {
  'a convolution with bias and a rectifier': () => [convolution({ useBias: true }), activation('relu')],
  'a convolution with a rectifier of its own': () => [convolution({ useBias: true, activation: 'relu6' })],
  'a normalised convolution': () => [convolution(), normalization()],
  'a normalised convolution with bias and ReLU6': () => [convolution({ useBias: true }), normalization(), activation('relu6')],
  'one without γ and β, and a ReLU layer': () => [
    convolution(),
    normalization({ scale: false, center: false }),
    new Rectifier({ maxValue: 6 }),
  ],
  'a strided one behind zeros': () => [padding(), convolution({ padding: 'valid', strides: 2 }), normalization(), activation('relu')],
  'a dilated one': () => [convolution({ dilationRate: 2 }), normalization(), activation('relu')],
  'a depthwise one with bias': () => [depthwise({ useBias: true }), activation('relu6')],
  'a normalised depthwise one with two filters for each channel': () => [
    depthwise({ depthMultiplier: 2, useBias: true }),
    normalization(),
    activation('relu'),
  ],
};

describe.each(Object.entries(chains))('%s', (_name, layers) => {
  it('is one kernel, and gives what its layers give one by one', () => {
    const model = chained(layers());
    expect(findChains(model).map((chain) => chain.layers)).toEqual([model.layers.slice(1)]);
    expectTheSame(model);
  });

  it('gives the same bits compiled and operation by operation', () => {
    const model = chained(layers());
    const pass = fusedInference(model);
    const step = ({ images }: { images: tf.Tensor }) => ({ y: pass(images)[0]! });
    const compiled = compile(step, { feeds: { images: pictures() }, variables: variablesOf(model) });
    expect(compiled.run({ images: pictures() }).y.dataSync()).toEqual(pass(pictures())[0]!.dataSync());
    compiled.dispose();
  });
});

describe('the kernels', () => {
  it('are there where oneDNN computes on an x64 processor', async () => {
    const { device, oneDnn } = await openBackend();
    if (process.arch === 'x64') expect(hasFusedConvolutions()).toBe(device === 'cpu' && oneDnn);
  });
});

describe('layers stay apart', () => {
  const block = () => [convolution(), normalization(), activation('relu')];
  it.each<[string, tf.layers.Layer[], number[] | undefined, number[]]>([
    ['behind one whose result is asked for', block(), [0, 2], []],
    ['behind a normalisation whose result is asked for', block(), [1, 2], [2]],
    ['where no kernel has the activation', [convolution(), normalization(), activation('tanh')], undefined, [2]],
    ['where there is nothing to fuse', [convolution(), activation('relu')], undefined, []],
    ['where the convolution is in groups', [convolution({ groups: 2 }), normalization()], undefined, []],
    ['where zeros are read by a convolution that adds its own', [padding(), convolution(), normalization()], undefined, [2]],
  ])('%s', (_name, layers, outputs, lengths) => {
    const model = chained(layers, outputs);
    expect(findChains(model).map((chain) => chain.layers.length)).toEqual(lengths);
    expectTheSame(model);
  });

  it('where two layers read one', () => {
    const input = tf.input({ shape: [6, 7, 4] });
    const y = convolution().apply(input) as tf.SymbolicTensor;
    const sum = tf.layers.add().apply([normalization().apply(y) as tf.SymbolicTensor, y]) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: sum });
    expect(findChains(model)).toEqual([]);
    expectTheSame(model);
  });
});

describe('the model', () => {
  it('trains as before, keeps its weights, and shows what they are now', () => {
    const model = chained([convolution(), normalization(), activation('relu')]);
    const pass = fusedInference(model);
    const before = [apart(model)[0]!.dataSync(), ...model.getWeights().map((weight) => weight.dataSync())];
    pass(pictures());
    expect([apart(model)[0]!.dataSync(), ...model.getWeights().map((weight) => weight.dataSync())]).toEqual(before);
    model.weights[0]!.write(tf.zeros(model.weights[0]!.shape as number[]));
    expectTheSame(model);
  });

  it('leaves no tensors but its outputs', () => {
    const model = chained([
      padding(),
      convolution({ padding: 'valid' }),
      normalization(),
      activation('relu'),
      depthwise({ useBias: true }),
    ]);
    const [pass, images] = [fusedInference(model), pictures()];
    const before = tf.memory().numTensors;
    const outputs = pass(images);
    expect(tf.memory().numTensors).toBe(before + 1);
    tf.dispose(outputs);
  });
});
