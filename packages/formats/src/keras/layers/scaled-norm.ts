import type { KerasLayer, KerasModel, LayerWeights } from '../model.ts';
import { unitName } from './to-keras.ts';

/**
 * The model with each pair that `toKeras` writes for an L2Normalization (a UnitNormalization, then a 1 × 1 depthwise convolution of the name that
 * goes with it) as that one layer again.
 */
export function joinScaledNorms(
  model: KerasModel,
  weights: ReadonlyMap<string, LayerWeights>,
): { model: KerasModel; weights: ReadonlyMap<string, LayerWeights> } {
  const byName = new Map(model.layers.map((layer) => [layer.name, layer]));
  const readers = new Map<string, number>();
  for (const { inbound } of model.layers) for (const [source] of inbound.flat()) readers.set(source, (readers.get(source) ?? 0) + 1);
  for (const [output] of model.outputs) readers.set(output, (readers.get(output) ?? 0) + 1);

  const joinedWeights = new Map(weights);
  const gone = new Set<string>();
  const layers = model.layers.map((scale): KerasLayer => {
    const unit = byName.get(unitName(scale.name));
    const [kernel, bias] = weights.get(scale.name) ?? [];
    const isPair =
      unit?.type === 'UnitNormalization' &&
      isLastAxis(unit.settings['axis']) &&
      scale.type === 'DepthwiseConv2D' &&
      scale.inbound.every((call, index) => call.length === 1 && call[0]![0] === unit.name && call[0]![1] === index) &&
      scale.inbound.length === unit.inbound.length &&
      readers.get(unit.name) === scale.inbound.length;
    if (!isPair || kernel === undefined || bias !== undefined || !isScale(scale, kernel.shape)) return scale;
    gone.add(unit.name);
    joinedWeights.set(scale.name, [{ shape: [kernel.values.length], values: kernel.values }]);
    return { ...scale, type: 'L2Normalization', inbound: unit.inbound };
  });
  return { model: { ...model, layers: layers.filter(({ name }) => !gone.has(name)) }, weights: joinedWeights };
}

const isLastAxis = (axis: unknown): boolean => axis === -1 || JSON.stringify(axis) === '[-1]';

const isScale = ({ settings }: KerasLayer, [height, width, , multiplier]: readonly number[]): boolean =>
  height === 1 &&
  width === 1 &&
  multiplier === 1 &&
  (settings['activation'] ?? 'linear') === 'linear' &&
  JSON.stringify(settings['strides'] ?? [1, 1]) === '[1,1]';
