/**
 * A network as plain data: the topology of a TF.js LayersModel and its weights. There is no second model format inside Espalier; this is
 * the same JSON that `tf.LayersModel.toJSON` gives, and the same weights in the same order, free of tensors so that every package, and
 * the browser, can read and rewrite it.
 */

/** A reference to one output of one layer: [layer name, node index, tensor index, call arguments]. */
export type InboundTensor = [string, number, number, Record<string, unknown>?];

export interface LayerConfig {
  readonly class_name: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>> & { readonly name: string };
  readonly inbound_nodes: readonly (readonly InboundTensor[])[];
}

export interface Topology {
  readonly class_name: 'Model' | 'Functional';
  readonly config: {
    readonly name: string;
    readonly layers: readonly LayerConfig[];
    readonly input_layers: readonly [string, number, number][];
    readonly output_layers: readonly [string, number, number][];
  };
  readonly keras_version: string;
  readonly backend: string;
}

/** One weight tensor: `values` in row-major order; kernels in TF.js layout (conv HWIO, depthwise HWIM, dense IO). */
export interface Weight {
  /** `layer/role`, such as `conv2d_3/kernel` or `batch_normalization_2/moving_variance`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface NetworkData {
  readonly topology: Topology;
  /** Layer by layer in the order of the topology, within a layer in the order of TF.js; unique by name, which is how they are found. */
  readonly weights: readonly Weight[];
}
