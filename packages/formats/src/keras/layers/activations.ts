import { isRecord, unsupported } from '../config/inbound.ts';
import type { KerasVersion } from '../model.ts';

/** Names that Keras has for what a topology calls otherwise. Of the same name are linear, relu, relu6, elu, selu, tanh and many more. */
const fromKeras: ReadonlyMap<string, string> = new Map([
  ['silu', 'swish'],
  ['hard_silu', 'hard_swish'],
]);

/**
 * The topology's name of an activation: a name, nothing, or a serialised function. `hard_sigmoid` rises by 1/5 in Keras 2 and by 1/6 in Keras 3.
 * A name that is not known passes, to be refused with the others by the graph.
 */
export function activationFromKeras(value: unknown, layer: string, version: KerasVersion): string {
  const name = isRecord(value) && value['class_name'] === 'function' ? value['config'] : (value ?? 'linear');
  if (typeof name !== 'string')
    throw unsupported(
      layer,
      `its activation is an object: ${JSON.stringify(value).slice(0, 80)}`,
      'Make the activation a layer of its own.',
    );
  if (name === 'hard_sigmoid' && version === 3) return 'hard_sigmoid_sixth';
  return fromKeras.get(name) ?? name;
}

/** Activations that Keras 2 does not have, or computes otherwise. */
const onlyInKeras3: ReadonlyMap<string, string> = new Map([
  ['hard_swish', 'hard_silu'],
  ['hard_sigmoid_sixth', 'hard_sigmoid'],
]);

/** Keras's name of an activation. For Keras 2, only what 3 computes alike. */
export function activationToKeras(value: unknown, layer: string, version: KerasVersion): string {
  const name = String(value ?? 'linear');
  const inKeras3 = onlyInKeras3.get(name);
  if (inKeras3 !== undefined && version === 3) return inKeras3;
  if (inKeras3 !== undefined || name === 'hard_sigmoid' || name === 'gelu_new')
    throw unsupported(
      layer,
      `Keras ${version === 2 ? '2 and 3 have no' : '3 has no'} activation that computes ${name}${version === 2 ? ' in both' : ''}`,
      version === 2 ? 'Write the network as .keras or ONNX.' : 'Write the network as ONNX.',
    );
  return name === 'swish' ? 'silu' : name;
}
