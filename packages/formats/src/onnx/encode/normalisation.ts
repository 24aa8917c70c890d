import { channelCount } from '@espalier/network';
import { spreadShape } from './activation.ts';
import type { LayerExport, LayerExporter } from './layer-export.ts';
import { float, integer } from './onnx-file.ts';
import { plainBytes } from './permute.ts';

/** Keras's default; the setting is written in all topologies that Espalier makes. */
const defaultEpsilon = 1e-3;

/** γ or β, and what stands for it in a layer without: ONNX wants all four vectors. */
const vectorOr = (layer: LayerExport, role: string, value: number): string => {
  const channels = channelCount(layer.node.outputShape);
  return layer.vector(role) ?? layer.initializer(role, [channels], plainBytes(new Float32Array(channels).fill(value)));
};

/** ONNX's normalises axis 1, which holds the channels of feature maps and vectors; rows are scaled and shifted. */
export const batchNormalisation: LayerExporter = (layer) => {
  const epsilon = layer.number('epsilon', defaultEpsilon);
  const rank = layer.node.outputShape.length;
  if (rank !== 1 && rank !== 3) return scaledAndShifted(layer, epsilon);
  const vectors = [
    vectorOr(layer, 'gamma', 1),
    vectorOr(layer, 'beta', 0),
    vectorOr(layer, 'moving_mean', 0),
    vectorOr(layer, 'moving_variance', 1),
  ];
  return layer.add('BatchNormalization', [layer.input.name, ...vectors], { epsilon: float(epsilon) });
};

/** y = s·x + t with s = γ/√(variance + ε) and t = β − s·mean. */
function scaledAndShifted(layer: LayerExport, epsilon: number): string {
  const values = (role: string) => layer.weight(role)?.values;
  const variance = values('moving_variance')!;
  const scale = variance.map((spread, channel) => (values('gamma')?.[channel] ?? 1) / Math.sqrt(spread + epsilon));
  const shift = scale.map((factor, channel) => (values('beta')?.[channel] ?? 0) - factor * values('moving_mean')![channel]!);
  const scaled = layer.add('Mul', [layer.input.name, layer.initializer('scale', [scale.length], plainBytes(scale))]);
  return layer.add('Add', [scaled, layer.initializer('shift', [shift.length], plainBytes(shift))]);
}

/** x / ‖x‖₂ over the channels, times the scale. Where all channels are zero both sides give zero. */
export const l2Normalisation: LayerExporter = (layer) => {
  const { shape } = layer.input;
  const axis = shape.length === 3 ? 1 : shape.length;
  const unit = layer.add('LpNormalization', [layer.input.name], { axis: integer(axis), p: integer(2) });
  const scale = layer.initializer('scale', spreadShape(shape), plainBytes(layer.weight('scale')!.values));
  return layer.add('Mul', [unit, scale]);
};
