import { tf } from '../tf.ts';

/** A class of TF.js's own layers, which it registers but does not export. `Fields` are those of its fields that a subclass here reads. */
export function stockLayer<Fields>(className: string): new (config: tf.serialization.ConfigDict) => tf.layers.Layer & Fields {
  const [found] = tf.serialization.SerializationMap.getMap().classNameMap[className]!;
  return found as unknown as new (config: tf.serialization.ConfigDict) => tf.layers.Layer & Fields;
}

/** The variable behind a layer's weight. */
export interface LayerVariable {
  read(): tf.Tensor;
}

export const onlyShape = (shape: tf.Shape | tf.Shape[]): tf.Shape => (Array.isArray(shape[0]) ? shape[0] : shape) as tf.Shape;
export const onlyTensor = (inputs: tf.Tensor | tf.Tensor[]): tf.Tensor => (Array.isArray(inputs) ? inputs[0]! : inputs);
