import type { KerasLayer, KerasModel } from '../model.ts';

/**
 * The model with each chain ReLU6(x + 3) · ⅙ of operations and a layer, as which MobileNetV3 of keras.applications writes it (Howard et al. 2019), as
 * the one activation that it is.
 */
export function joinHardSigmoids(model: KerasModel): KerasModel {
  const byName = new Map(model.layers.map((layer) => [layer.name, layer]));
  const readers = new Map<string, number>();
  const read = (name: string): void => void readers.set(name, (readers.get(name) ?? 0) + 1);
  for (const { inbound } of model.layers) for (const [source] of inbound.flat()) read(source);
  for (const [output] of model.outputs) read(output);
  /** What the only call of `layer` reads, if nothing else reads that. */
  const onlySource = (layer: KerasLayer): KerasLayer | undefined => {
    const [call] = layer.inbound;
    const source = layer.inbound.length === 1 && call?.length === 1 ? byName.get(call[0]![0]) : undefined;
    return source !== undefined && readers.get(source.name) === 1 ? source : undefined;
  };

  const gone = new Set<string>();
  const layers = model.layers.map((layer): KerasLayer => {
    if (layer.type !== 'Multiply' || !isConstant(layer, 1 / 6)) return layer;
    const clipped = onlySource(layer);
    const shifted = clipped !== undefined && isRelu6(clipped) ? onlySource(clipped) : undefined;
    if (clipped === undefined || shifted?.type !== 'Add' || !isConstant(shifted, 3) || shifted.inbound.length !== 1) return layer;
    gone.add(clipped.name).add(shifted.name);
    const settings = { name: layer.name, activation: 'hard_sigmoid_sixth' };
    return { type: 'Activation', name: layer.name, settings, inbound: shifted.inbound, isOperation: false };
  });
  return { ...model, layers: layers.filter(({ name }) => !gone.has(name)) };
}

/** Whether a layer reads one tensor and this number, to the last digits of float32. */
const isConstant = ({ constants = [], inbound }: KerasLayer, expected: number): boolean =>
  constants.length === 1 && inbound[0]?.length === 1 && typeof constants[0] === 'number' && Math.abs(constants[0] - expected) < 1e-7;

const isRelu6 = ({ type, settings, constants = [] }: KerasLayer): boolean =>
  constants.length === 0 &&
  (type === 'Relu6' ||
    (type === 'ReLU' && settings['max_value'] === 6 && (settings['negative_slope'] ?? 0) === 0 && (settings['threshold'] ?? 0) === 0));
