import { axisSetting, textSetting } from '../config.ts';
import { unsupportedLayer } from '../faults.ts';
import { elementCount } from '../shape.ts';
import { type ChannelBook, type Labels, type LayerCall, type LayerInputs, type LayerKind, type Operations, weight } from './kind.ts';

interface ActivationFacts {
  /** f(0) = 0, so a silent channel stays silent. */
  readonly zeroStaysZero: boolean;
  /** Counted as a rectifier by ptflops. */
  readonly rectifies: boolean;
}
const plain: ActivationFacts = { zeroStaysZero: true, rectifies: false };
const rectifier: ActivationFacts = { zeroStaysZero: true, rectifies: true };
const lifted: ActivationFacts = { zeroStaysZero: false, rectifies: false };

/** The activations whose meaning is known. */
const activations = {
  linear: plain,
  relu: rectifier,
  relu6: rectifier,
  elu: rectifier,
  selu: plain,
  tanh: plain,
  softsign: plain,
  swish: plain,
  silu: plain,
  mish: plain,
  gelu: plain,
  gelu_new: plain,
  hard_swish: plain,
  sigmoid: lifted,
  // 0.2 x + 0.5 between 0 and 1, as TF.js and Keras 2 have it.
  hard_sigmoid: lifted,
  // (x + 3) / 6 between 0 and 1, as PyTorch, MobileNetV3 and Keras 3 have it.
  hard_sigmoid_sixth: lifted,
  exponential: lifted,
  softplus: lifted,
  softmax: lifted,
  log_softmax: lifted,
} as const satisfies Record<string, ActivationFacts>;
type ActivationName = keyof typeof activations;
const activationNames = Object.keys(activations) as ActivationName[];

const activationOf = (call: LayerInputs): ActivationName => textSetting(call, 'activation', activationNames, 'linear');
const normalisesOverChannels = (name: ActivationName): boolean => name === 'softmax' || name === 'log_softmax';

/** What the activation inside a layer adds to the layer's own operations. */
export const activationOperations = (call: LayerCall): Partial<Operations> => ({
  rectified: activations[activationOf(call)].rectifies ? elementCount(call.outputShape) : 0,
});

export const activationKeepsZero = (call: LayerInputs): boolean => activations[activationOf(call)].zeroStaysZero;

/** A softmax shares one unit of probability among its channels: without one of them the others would change. */
export function lockSoftmax(call: LayerCall, output: Labels, book: ChannelBook): Labels {
  if (normalisesOverChannels(activationOf(call))) book.lock(output, `${call.layer} is a softmax over these channels`);
  return output;
}

export const activation: LayerKind = {
  inputs: 'one',
  outputShape: (call) => {
    activationOf(call);
    return call.inputShapes[0]!;
  },
  couple: (call, [input], book) => lockSoftmax(call, input!, book),
  operations: activationOperations,
  keepsZero: activationKeepsZero,
};

/**
 * ReLU, LeakyReLU, ELU and ThresholdedReLU: element by element, zero at zero. Settings of Keras that TF.js does not read would make another function
 * of them without a word.
 */
export const rectifierLayer: LayerKind = {
  inputs: 'one',
  outputShape: ({ layer, config, inputShapes }) => {
    for (const setting of ['negative_slope', 'threshold'])
      if ((config[setting] ?? 0) !== 0)
        throw unsupportedLayer(layer, `sets ${setting}`, 'Write a LeakyReLU with alpha, or a ThresholdedReLU with theta, in its place.');
    return inputShapes[0]!;
  },
  couple: (_, [input]) => input!,
  operations: ({ outputShape }) => ({ rectified: elementCount(outputShape) }),
};

/** PReLU with α per channel, shared over the axes in `shared_axes` or owned by every place. */
export const prelu: LayerKind = {
  inputs: 'one',
  outputShape: ({ inputShapes }) => inputShapes[0]!,
  couple: (_, [input]) => input!,
  axes: [{ role: 'slope', side: 'out' }],
  weights: ({ config, outputShape }) => {
    const shared = Array.isArray(config['shared_axes']) ? config['shared_axes'] : [config['shared_axes']];
    const shape = outputShape.map((size, axis) => (shared.includes(axis + 1) ? 1 : size));
    const last = shape.length - 1;
    return [
      weight(
        'alpha',
        shape,
        shape.map((_, axis) => (axis === last && !shared.includes(last + 1) ? 'out' : null)),
      ),
    ];
  },
  operations: ({ outputShape }) => ({ rectified: elementCount(outputShape) }),
};

export const softmaxLayer: LayerKind = {
  inputs: 'one',
  outputShape: (call) => {
    const [input] = call.inputShapes;
    if (axisSetting(call, 'axis', input!.length) !== input!.length - 1)
      throw unsupportedLayer(call.layer, 'is a softmax over another axis than the last', 'Put the classes on the last axis.');
    return input!;
  },
  couple: ({ layer }, [input], book) => {
    book.lock(input!, `${layer} is a softmax over these channels`);
    return input!;
  },
  keepsZero: () => false,
};
