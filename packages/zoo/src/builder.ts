import type { InboundTensor, LayerConfig, Topology } from '@espalier/core';

/** The output of a layer of the network under construction. */
export interface Stream {
  readonly layer: string;
  /** Length of its last axis. */
  readonly channels: number;
}

export interface ConvolutionOptions {
  /** Side of the square kernel. */
  readonly size?: number;
  readonly strides?: number;
  readonly dilation?: number;
  readonly bias?: boolean;
  /**
   * `centred` pads (size − 1)/2 · dilation zeros on every side, as the papers' code does; `valid` pads none.
   * TF.js's own `same` is not centred where the stride is 2: on an even side it pads only behind, which shifts the grid by a pixel against a
   * shortcut that picks every second pixel. There the zeros are a layer of their own.
   */
  readonly padding?: 'centred' | 'valid';
}

/** As in the papers' code, which writes the momentum as the share of the new value: 0.1. */
const normalisation = { axis: -1, epsilon: 1e-5, momentum: 0.9, center: true, scale: true };

/**
 * Writes a topology layer by layer, in the form of the `modelTopology` of a saved TF.js LayersModel (snake_case, channels last), which
 * `tf.models.modelFromJSON` reads. Every method takes what the layer reads and the layer's name, and returns what it makes. Names hold no
 * slash: a slash ends the layer's name in the names of its weights.
 */
export class TopologyBuilder {
  readonly #name: string;
  readonly #layers: LayerConfig[] = [];
  readonly input: Stream;

  /** `inputShape` is [height, width, channels]. */
  constructor(name: string, inputShape: readonly [number, number, number]) {
    this.#name = name;
    this.input = this.#add('InputLayer', 'input', [], inputShape[2], {
      batch_input_shape: [null, ...inputShape],
      dtype: 'float32',
      sparse: false,
    });
  }

  conv(source: Stream, name: string, filters: number, options: ConvolutionOptions = {}): Stream {
    const { size = 3, strides = 1, dilation = 1, bias = false, padding = 'centred' } = options;
    const [padded, mode] = this.#padded(source, name, size, strides, dilation, padding);
    return this.#add('Conv2D', name, [padded], filters, {
      filters,
      kernel_size: [size, size],
      strides: [strides, strides],
      padding: mode,
      dilation_rate: [dilation, dilation],
      use_bias: bias,
      activation: 'linear',
    });
  }

  /** One 3 × 3 filter for each channel (Sifre 2014), without bias. */
  depthwise(source: Stream, name: string, strides = 1): Stream {
    const [padded, mode] = this.#padded(source, name, 3, strides, 1, 'centred');
    return this.#add('DepthwiseConv2D', name, [padded], source.channels, {
      kernel_size: [3, 3],
      strides: [strides, strides],
      padding: mode,
      depth_multiplier: 1,
      use_bias: false,
      activation: 'linear',
    });
  }

  batchNormalisation(source: Stream, name: string): Stream {
    return this.#add('BatchNormalization', name, [source], source.channels, normalisation);
  }

  relu(source: Stream, name: string): Stream {
    return this.#add('Activation', name, [source], source.channels, { activation: 'relu' });
  }

  /** min(max(x, 0), 6) (Howard et al. 2017). */
  relu6(source: Stream, name: string): Stream {
    return this.#add('Activation', name, [source], source.channels, { activation: 'relu6' });
  }

  /** `same` gives ⌈side/strides⌉ places, the first window starting at the first pixel, as Caffe's pooling does. */
  maxPool(source: Stream, name: string, size: number, strides: number, padding: 'same' | 'valid' = 'same'): Stream {
    return this.#add('MaxPooling2D', name, [source], source.channels, {
      pool_size: [size, size],
      strides: [strides, strides],
      padding,
    });
  }

  averagePool(source: Stream, name: string, size: number, strides: number): Stream {
    return this.#add('AveragePooling2D', name, [source], source.channels, {
      pool_size: [size, size],
      strides: [strides, strides],
      padding: 'valid',
    });
  }

  globalAveragePool(source: Stream, name: string): Stream {
    return this.#add('GlobalAveragePooling2D', name, [source], source.channels, {});
  }

  /** Zero channels on both sides: input channel j becomes output channel j + before. */
  channelPadding(source: Stream, name: string, before: number, after: number): Stream {
    return this.#add('ChannelPadding', name, [source], before + source.channels + after, { before, after });
  }

  /** x / ‖x‖₂ over the channels, times a learnt scale for each. */
  l2Normalisation(source: Stream, name: string): Stream {
    return this.#add('L2Normalization', name, [source], source.channels, {});
  }

  add(sources: readonly Stream[], name: string): Stream {
    return this.#add('Add', name, sources, sources[0]!.channels, {});
  }

  /** Along the channels. */
  concatenate(sources: readonly Stream[], name: string): Stream {
    const channels = sources.reduce((total, source) => total + source.channels, 0);
    return this.#add('Concatenate', name, sources, channels, { axis: -1 });
  }

  /** Rows of [rows, channels] one below the other. */
  stack(sources: readonly Stream[], name: string): Stream {
    return this.#add('Concatenate', name, sources, sources[0]!.channels, { axis: 1 });
  }

  /** [height, width, channels] to one axis; `positions` is height · width. */
  flatten(source: Stream, name: string, positions: number): Stream {
    return this.#add('Flatten', name, [source], positions * source.channels, {});
  }

  /** To [rows, channels]. */
  reshape(source: Stream, name: string, rows: number, channels: number): Stream {
    return this.#add('Reshape', name, [source], channels, { target_shape: [rows, channels] });
  }

  dropout(source: Stream, name: string, rate: number): Stream {
    return this.#add('Dropout', name, [source], source.channels, { rate });
  }

  /** With bias. */
  dense(source: Stream, name: string, units: number): Stream {
    return this.#add('Dense', name, [source], units, { units, use_bias: true, activation: 'linear' });
  }

  build(...outputs: readonly Stream[]): Topology {
    return {
      class_name: 'Model',
      config: {
        name: this.#name,
        layers: [...this.#layers],
        input_layers: [[this.input.layer, 0, 0]],
        output_layers: outputs.map(({ layer }): [string, number, number] => [layer, 0, 0]),
      },
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    };
  }

  #padded(
    source: Stream,
    name: string,
    size: number,
    strides: number,
    dilation: number,
    padding: 'centred' | 'valid',
  ): [Stream, 'same' | 'valid'] {
    if (padding === 'valid') return [source, 'valid'];
    if (strides === 1 || size === 1) return [source, 'same'];
    const margin = (dilation * (size - 1)) / 2;
    const margins = [margin, margin];
    return [this.#add('ZeroPadding2D', `${name}_pad`, [source], source.channels, { padding: [margins, margins] }), 'valid'];
  }

  #add(type: string, name: string, sources: readonly Stream[], channels: number, config: Readonly<Record<string, unknown>>): Stream {
    const inbound = sources.map(({ layer }): InboundTensor => [layer, 0, 0, {}]);
    const spatial = imageLayers.has(type) ? { data_format: 'channels_last' } : {};
    this.#layers.push({
      class_name: type,
      name,
      config: { name, trainable: true, ...config, ...spatial },
      inbound_nodes: inbound.length === 0 ? [] : [inbound],
    });
    return { layer: name, channels };
  }
}

const imageLayers: ReadonlySet<string> = new Set([
  'Conv2D',
  'DepthwiseConv2D',
  'MaxPooling2D',
  'AveragePooling2D',
  'GlobalAveragePooling2D',
  'ZeroPadding2D',
]);
