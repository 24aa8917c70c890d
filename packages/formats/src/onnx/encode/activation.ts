import { channelCount, type Shape } from '@espalier/network';
import { channelAxis, fileShape, type LayerExport, type LayerExporter } from './layer-export.ts';
import { float, integer } from './onnx-file.ts';

type Activation = (layer: LayerExport, x: string, shape: Shape) => string;

const one =
  (operator: string): Activation =>
  (layer, x) =>
    layer.add(operator, [x]);

const clipped = (layer: LayerExport, x: string, maximum: number): string =>
  layer.add('Clip', [x, layer.file.scalar(0), layer.file.scalar(maximum)]);

/** x·σ(x) (Ramachandran et al. 2017). */
const swish: Activation = (layer, x) => layer.add('Mul', [x, layer.add('Sigmoid', [x])]);

/** min(max(x + 3, 0), 6) / 6 (Howard et al. 2019). */
const hardSigmoidSixth = (layer: LayerExport, x: string): string =>
  layer.add('HardSigmoid', [x], { alpha: float(1 / 6), beta: float(0.5) });

const overChannels =
  (operator: string): Activation =>
  (layer, x, shape) =>
    layer.add(operator, [x], { axis: integer(channelAxis(shape)) });

/** ½x(1 + erf(x/√2)) (Hendrycks and Gimpel 2016). */
const gelu: Activation = (layer, x) => {
  const erf = layer.add('Erf', [layer.add('Mul', [x, layer.file.scalar(Math.SQRT1_2)])]);
  return layer.add('Mul', [layer.add('Mul', [x, layer.file.scalar(0.5)]), layer.add('Add', [erf, layer.file.scalar(1)])]);
};

/** The same with tanh(√(2/π)·(x + 0.044715x³)) for the error function. */
const geluByTanh: Activation = (layer, x) => {
  const { file } = layer;
  const cubed = layer.add('Mul', [layer.add('Mul', [layer.add('Mul', [x, x]), x]), file.scalar(0.044715)]);
  const inner = layer.add('Mul', [layer.add('Add', [x, cubed]), file.scalar(Math.sqrt(2 / Math.PI))]);
  return layer.add('Mul', [layer.add('Mul', [x, file.scalar(0.5)]), layer.add('Add', [layer.add('Tanh', [inner]), file.scalar(1)])]);
};

/** The activations as TF.js computes them. */
const activations: Readonly<Record<string, Activation>> = {
  linear: (_, x) => x,
  relu: one('Relu'),
  relu6: (layer, x) => clipped(layer, x, 6),
  elu: one('Elu'),
  selu: one('Selu'),
  tanh: one('Tanh'),
  softsign: one('Softsign'),
  softplus: one('Softplus'),
  sigmoid: one('Sigmoid'),
  /** min(max(0.2x + 0.5, 0), 1), which are also ONNX's defaults. */
  hard_sigmoid: (layer, x) => layer.add('HardSigmoid', [x], { alpha: float(0.2), beta: float(0.5) }),
  hard_sigmoid_sixth: hardSigmoidSixth,
  hard_swish: (layer, x) => layer.add('Mul', [x, hardSigmoidSixth(layer, x)]),
  exponential: one('Exp'),
  swish,
  silu: swish,
  mish: (layer, x) => layer.add('Mul', [x, layer.add('Tanh', [layer.add('Softplus', [x])])]),
  gelu,
  gelu_new: geluByTanh,
  softmax: overChannels('Softmax'),
  log_softmax: overChannels('LogSoftmax'),
};

/** The activation inside a layer, behind all else that it does. */
export function activated(layer: LayerExport, x: string): string {
  const name = layer.node.config['activation'] ?? 'linear';
  const activation = typeof name === 'string' && Object.hasOwn(activations, name) ? activations[name] : undefined;
  if (activation === undefined)
    throw layer.refuse(`its activation is ${JSON.stringify(name)}`, `Use one of ${Object.keys(activations).join(', ')}.`);
  return activation(layer, x, layer.node.outputShape);
}

export const activationLayer: LayerExporter = (layer) => activated(layer, layer.input.name);

/** With `max_value` alone of Keras's three settings: the graph refuses the others. */
export const reluLayer: LayerExporter = (layer) => {
  const maximum = layer.node.config['max_value'];
  return maximum === undefined || maximum === null
    ? layer.add('Relu', [layer.input.name])
    : clipped(layer, layer.input.name, layer.number('max_value', 0));
};

export const leakyReluLayer: LayerExporter = (layer) =>
  layer.add('LeakyRelu', [layer.input.name], { alpha: float(layer.number('alpha', 0.3)) });

export const eluLayer: LayerExporter = (layer) => layer.add('Elu', [layer.input.name], { alpha: float(layer.number('alpha', 1)) });

export const thresholdedReluLayer: LayerExporter = (layer) =>
  layer.add('ThresholdedRelu', [layer.input.name], { alpha: float(layer.number('theta', 1)) });

export const preluLayer: LayerExporter = (layer) => {
  const { shape } = layer.weight('alpha')!;
  const slope =
    shape.length === 3 ? layer.permuted('alpha', shape, [2, 0, 1]) : layer.permuted('alpha', shape, [...shape.keys()], fileShape(shape));
  return layer.add('PRelu', [layer.input.name, slope]);
};

export const softmaxLayer: LayerExporter = (layer) =>
  layer.add('Softmax', [layer.input.name], { axis: integer(channelAxis(layer.node.outputShape)) });

/** Shapes a vector of one value for each channel so that it spreads over a tensor of `shape` in the file. */
export const spreadShape = (shape: Shape): Shape => (shape.length === 3 ? [channelCount(shape), 1, 1] : [channelCount(shape)]);
