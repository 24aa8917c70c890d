import { beforeAll, describe, expect, it } from 'vitest';
import { FINITE_DIFFERENCE_TOLERANCE, finiteDifferences, weigh } from '../../test/finite-differences.ts';
import { largestDifference, normalTensor } from '../../test/small-network.ts';
import { ChannelSelection, L2Normalization, openBackend, tf } from '../index.ts';
import { selectChannels } from './channel-selection.ts';
import { normalizeChannels } from './l2-normalization.ts';

/** Single precision, values of the order of one. */
const TOLERANCE = 1e-5;

beforeAll(async () => {
  await openBackend();
});

const values = (tensor: unknown) => (tensor as tf.Tensor).dataSync<'float32'>();
/** A layer as a topology names it. */
const deserialize = (className: string, config: Record<string, unknown>, shape = [2, 2, 4]): tf.layers.Layer =>
  (
    tf.LayersModel.fromConfig(
      tf.LayersModel as never,
      {
        name: 'one',
        layers: [
          { className: 'InputLayer', name: 'x', config: { name: 'x', batchInputShape: [null, ...shape] }, inboundNodes: [] },
          { className, name: 'y', config: { name: 'y', ...config }, inboundNodes: [[['x', 0, 0]]] },
        ],
        inputLayers: [['x', 0, 0]],
        outputLayers: [['y', 0, 0]],
      } as never,
    ) as tf.LayersModel
  ).getLayer('y');

describe('a selection of channels', () => {
  const x = () => tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 2, 4]);

  it.each([
    ['a part', [1, 2], [2, 3, 6, 7]],
    ['another order', [2, 0, 3, 1], [3, 1, 4, 2, 7, 5, 8, 6]],
    ['one channel twice', [3, 0, 3], [4, 1, 4, 8, 5, 8]],
    ['everything', [0, 1, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8]],
  ])('gives %s', (_, channels, expected) => {
    const layer = new ChannelSelection({ channels });
    expect([...values(layer.apply(x()))]).toEqual(expected);
    expect(layer.computeOutputShape([null, 1, 2, 4])).toEqual([null, 1, 2, channels.length]);
    expect(layer.getConfig()).toMatchObject({ channels });
  });

  it.each([[[1, 2]], [[2, 0, 3, 1]], [[3, 0, 3]]])('sends back to each channel what came of it: %j', (channels) => {
    const input = normalTensor(1, [2, 3, 2, 4]);
    const elements = [0, 1, 2, 3, 30, 47];
    const dx = values(tf.grad((a: tf.Tensor) => weigh(selectChannels(a, channels)))(input));
    const expected = finiteDifferences((a) => weigh(selectChannels(a, channels)), input, elements);
    expect(
      largestDifference(
        elements.map((element) => dx[element]!),
        expected,
      ),
    ).toBeLessThan(FINITE_DIFFERENCE_TOLERANCE);
  });

  it('refuses channels that are not there', () => {
    for (const channels of [[], [-1], [0.5]])
      expect(() => new ChannelSelection({ name: 'pick', channels })).toThrow('layer pick selects the channels');
    expect(() => selectChannels(x(), [0, 4])).toThrow('channel 4 of 4 is selected');
  });
});

describe('L2 normalisation', () => {
  it('gives every place the length of its scale, and leaves zeros alone', () => {
    const layer = new L2Normalization({});
    const y = values(layer.apply(tf.tensor4d([3, 4, 0, 0, -6, 8], [1, 1, 3, 2])));
    // The scale begins at 20.
    [12, 16, 0, 0, -12, 16].forEach((expected, index) => expect(y[index]).toBeCloseTo(expected, 5));
  });

  it('has the gradients of finite differences, and none that is not a number at zero', () => {
    const x = normalTensor(3, [2, 2, 2, 5]);
    const elements = [0, 7, 21, 39];
    const dx = values(tf.grad((a: tf.Tensor) => weigh(normalizeChannels(a)))(x));
    const expected = finiteDifferences((a) => weigh(normalizeChannels(a)), x, elements);
    expect(
      largestDifference(
        elements.map((element) => dx[element]!),
        expected,
      ),
    ).toBeLessThan(FINITE_DIFFERENCE_TOLERANCE);
    const atZero = values(tf.grad((a: tf.Tensor) => weigh(normalizeChannels(a)))(tf.zeros([1, 2])));
    expect([...atZero].every(Number.isFinite)).toBe(true);
  });
});

describe('activations that TF.js lacks', () => {
  const points = [-4, -3, -1, 0, 0.5, 2, 3, 5];
  const sixth = (x: number) => Math.min(Math.max(x + 3, 0), 6) / 6;
  it.each<[string, (x: number) => number]>([
    ['silu', (x) => x / (1 + Math.exp(-x))],
    ['hardSwish', (x) => x * sixth(x)],
    ['hardSigmoidSixth', sixth],
    ['exponential', Math.exp],
    ['geluNew', (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))],
  ])('%s', (activation, expected) => {
    const y = values(deserialize('Activation', { activation }).apply(tf.tensor(points)));
    points.forEach((x, index) => expect(Math.abs(y[index]! - expected(x)) / Math.max(1, expected(x))).toBeLessThan(TOLERANCE));
  });
});

describe('layers that TF.js has in part', () => {
  it('Conv2D takes groups, and says so of itself', () => {
    const layer = deserialize('Conv2D', { filters: 6, kernelSize: [1, 1], groups: 2, activation: 'relu' });
    expect(layer.getWeights().map(({ shape }) => shape)).toEqual([[1, 1, 2, 6], [6]]);
    expect(layer.getConfig()).toMatchObject({ groups: 2 });
    layer.setWeights([tf.tensor4d([1, 0, -1, 1, 0, 0, 0, 1, 0, 0, 1, 2], [1, 1, 2, 6]), tf.tensor1d([0, 0, 0, 0, 0, -100])]);
    const y = values(layer.apply(tf.tensor4d([1, 2, 3, 4], [1, 1, 1, 4])));
    // Filters 0 to 2 read channels 0 and 1, filters 3 to 5 the other two.
    expect([...y]).toEqual([1, 2, 0, 3, 4, 0]);
  });

  it('DepthwiseConv2D takes a dilation, which TF.js would pass by without a word', () => {
    const layer = deserialize(
      'DepthwiseConv2D',
      { kernelSize: [1, 2], dilationRate: 3, padding: 'valid', useBias: false, depthMultiplier: 2 },
      [1, 5, 2],
    );
    expect(layer.computeOutputShape([null, 1, 5, 2])).toEqual([null, 1, 2, 4]);
    // Taps 3 pixels apart: channel 0 by (1, 10) and (2, 20), channel 1 by (3, 30) and (4, 40).
    layer.setWeights([tf.tensor4d([1, 2, 3, 4, 10, 20, 30, 40], [1, 2, 2, 2])]);
    const x = tf.tensor4d([1, 1, 2, 0, 0, 0, 3, 5, 4, 0], [1, 1, 5, 2]);
    const [first, fourth, second, fifth] = [
      [1, 1],
      [3, 5],
      [2, 0],
      [4, 0],
    ];
    const at = ([a, b]: number[], [c, d]: number[]) => [a! + 10 * c!, 2 * a! + 20 * c!, 3 * b! + 30 * d!, 4 * b! + 40 * d!];
    expect([...values(layer.apply(x))]).toEqual([...at(first!, fourth!), ...at(second!, fifth!)]);
  });

  it.each([
    ['Activation', { activation: 'relu6' }],
    ['ReLU', { maxValue: 6 }],
  ])('%s with a ceiling of 6 is one kernel, with the gradient of its flat sides', (className, config) => {
    const layer = deserialize(className, config);
    const x = tf.tensor1d([-1, 0.5, 5.5, 7]);
    expect([...values(layer.apply(x))]).toEqual([0, 0.5, 5.5, 6]);
    const slopes = tf.grad((a: tf.Tensor) => layer.apply(a) as tf.Tensor)(x);
    expect([...values(slopes)]).toEqual([0, 1, 1, 0]);
    expect(layer.getConfig()).toMatchObject(className === 'ReLU' ? { maxValue: 6 } : {});
  });

  it('ThresholdedReLU passes on, forward and backward, what is above θ', () => {
    const layer = deserialize('ThresholdedReLU', { theta: 0.5 });
    const x = tf.tensor1d([-1, 0.4, 0.6, 2]);
    [0, 0, 0.6, 2].forEach((expected, index) => expect(values(layer.apply(x))[index]).toBeCloseTo(expected, 6));
    const dx = tf.grad((a: tf.Tensor) => tf.sum(tf.mul(layer.apply(a) as tf.Tensor, tf.tensor1d([1, 2, 3, 4]))))(x);
    expect([...values(dx)]).toEqual([0, 0, 3, 4]);
  });

  it.each([{ center: false }, { scale: false }, { center: false, scale: false, axis: [3] }])(
    'BatchNormalization with %o has a gradient at inference',
    (config) => {
      const layer = deserialize('BatchNormalization', { epsilon: 0, ...config });
      const weights = layer.getWeights().map(({ shape }, index) => tf.add(tf.abs(normalTensor(index, shape)), 0.5));
      layer.setWeights(weights);
      const [mean, variance] = weights.slice(-2);
      const factor = weights.length === 3 && !('scale' in config) ? weights[0]! : 1;
      const shift = weights.length === 3 && 'scale' in config ? weights[0]! : 0;
      const x = normalTensor(9, [1, 2, 2, 4]);
      const expected = tf.add(tf.mul(tf.div(tf.sub(x, mean!), tf.sqrt(variance!)), factor), shift);
      expect(largestDifference(values(layer.apply(x)), values(expected))).toBeLessThan(TOLERANCE);
      const dx = tf.grad((a: tf.Tensor) => tf.sum(layer.apply(a) as tf.Tensor))(x);
      const slope = tf.mul(tf.onesLike(x), tf.div(factor, tf.sqrt(variance!)));
      expect(largestDifference(values(dx), values(slope))).toBeLessThan(TOLERANCE);
    },
  );

  it('ELU takes any α', () => {
    const layer = deserialize('ELU', { alpha: 0.5 });
    const y = values(layer.apply(tf.tensor([-1, 0, 2])));
    [0.5 * Math.expm1(-1), 0, 2].forEach((expected, index) => expect(y[index]).toBeCloseTo(expected, 6));
    expect(layer.getConfig()).toMatchObject({ alpha: 0.5 });
  });

  it.each(['GlobalAveragePooling2D', 'GlobalMaxPooling2D'])('%s keeps axes of length one where asked', (className) => {
    const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 1, 2]);
    const [kept, dropped] = [true, false].map((keepdims) => deserialize(className, { keepdims }));
    expect((kept!.apply(x) as tf.Tensor).shape).toEqual([1, 1, 1, 2]);
    expect((dropped!.apply(x) as tf.Tensor).shape).toEqual([1, 2]);
    expect([...values(kept!.apply(x))]).toEqual([...values(dropped!.apply(x))]);
    expect(kept!.getConfig()).toMatchObject({ keepdims: true });
  });

  it('SpatialDropout2D drops whole channels, in training only', () => {
    const layer = deserialize('SpatialDropout2D', { rate: 0.5 });
    const x = tf.ones([8, 3, 3, 16]);
    expect([...new Set(values(layer.apply(x, { training: false })))]).toEqual([1]);
    const y = layer.apply(x, { training: true }) as tf.Tensor;
    const perChannel = values(tf.mean(y, [1, 2]));
    // Kept channels are doubled, so that the mean stays.
    expect(new Set(perChannel)).toEqual(new Set([0, 2]));
  });
});
