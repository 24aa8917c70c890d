import { fusedInference, tf } from '@espalier/tensor';
import type { LoadedNetwork } from './model.ts';

/** What a network makes of a batch of pictures: its outputs in their order, and the maps of the layers that were asked for, by name. */
export interface Seen {
  readonly outputs: readonly tf.Tensor[];
  readonly maps: ReadonlyMap<string, tf.Tensor>;
}

/** A network as a step looks through it. `images` is [batch, height, width, channels]. */
export type View = (images: tf.Tensor, training: boolean) => Seen;

/** @param layers whose maps are wanted. */
export function viewOf({ model }: LoadedNetwork, layers: readonly string[]): View {
  const names = [...new Set(layers)];
  const seen = names.length === 0 ? model : withMaps(model, names);
  const infer = fusedInference(seen);
  return (images, training) => {
    const tensors = training ? ([seen.apply(images, { training })].flat() as tf.Tensor[]) : infer(images);
    const maps = tensors.slice(model.outputs.length);
    return { outputs: tensors.slice(0, model.outputs.length), maps: new Map(names.map((name, index) => [name, maps[index]!])) };
  };
}

function withMaps(model: tf.LayersModel, layers: readonly string[]): tf.LayersModel {
  const maps = layers.map((name) => model.getLayer(name).output as tf.SymbolicTensor);
  return tf.model({ inputs: model.inputs, outputs: [...model.outputs, ...maps] });
}
