import type { LayerConfig, Topology } from '@espalier/core';

type Config = Readonly<Record<string, unknown>>;

/** `name` is the first call of a layer, `name#1` its second. */
function reference(source: string): [string, number, number, Config] {
  const [name, call] = source.split('#');
  return [name!, Number(call ?? 0), 0, {}];
}

/** Writes small topologies for tests, layer by layer. Every method takes the names of the layers it reads and returns its own. */
export class TopologyBuilder {
  readonly #layers: LayerConfig[] = [];
  readonly #counts = new Map<string, number>();
  readonly input: string;

  constructor(inputShape: readonly number[]) {
    this.input = this.add('InputLayer', [], { batch_input_shape: [null, ...inputShape], dtype: 'float32' }, 'input');
  }

  add(type: string, inputs: readonly string[], config: Config = {}, name = this.#freshName(type)): string {
    const inbound = inputs.length === 0 ? [] : [inputs.map(reference)];
    this.#layers.push({ class_name: type, name, config: { name, ...config }, inbound_nodes: inbound });
    return name;
  }

  /** Calls an existing layer once more, with the same weights; returns the name of that call. */
  again(name: string, inputs: readonly string[]): string {
    const position = this.#layers.findIndex((layer) => layer.name === name);
    const layer = this.#layers[position]!;
    this.#layers[position] = { ...layer, inbound_nodes: [...layer.inbound_nodes, inputs.map(reference)] };
    return `${name}#${layer.inbound_nodes.length}`;
  }

  /** 3 × 3, padding "same", stride 1, no bias, unless `config` says otherwise. */
  conv(source: string, filters: number, config: Config = {}, name?: string): string {
    return this.add('Conv2D', [source], { filters, kernel_size: [3, 3], padding: 'same', use_bias: false, ...config }, name);
  }

  bn(source: string, name?: string): string {
    return this.add('BatchNormalization', [source], { axis: [3], epsilon: 1e-5 }, name);
  }

  relu(source: string): string {
    return this.add('Activation', [source], { activation: 'relu' });
  }

  /** conv → BN → ReLU; returns the ReLU. */
  convBnRelu(source: string, filters: number, config: Config = {}, name?: string): string {
    return this.relu(this.bn(this.conv(source, filters, config, name)));
  }

  plus(...sources: string[]): string {
    return this.add('Add', sources);
  }

  dense(source: string, units: number, config: Config = {}, name?: string): string {
    return this.add('Dense', [source], { units, use_bias: true, ...config }, name);
  }

  /** Global average pooling and a dense classifier; returns the whole topology. */
  classified(source: string, classes = 10): Topology {
    return this.topology(this.dense(this.add('GlobalAveragePooling2D', [source]), classes, {}, 'classifier'));
  }

  topology(...outputs: string[]): Topology {
    return {
      class_name: 'Model',
      config: {
        name: 'test',
        layers: this.#layers,
        input_layers: [[this.input, 0, 0]],
        output_layers: outputs.map((output) => {
          const [name, call, tensor] = reference(output);
          return [name, call, tensor];
        }),
      },
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    };
  }

  #freshName(type: string): string {
    const count = (this.#counts.get(type) ?? 0) + 1;
    this.#counts.set(type, count);
    return `${type.toLowerCase()}_${count}`;
  }
}
