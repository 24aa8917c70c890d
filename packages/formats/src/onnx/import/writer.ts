import { EspalierError, type LayerConfig, type NetworkData, type Weight } from '@espalier/core';
import type { Budget } from './budget.ts';
import { elementCountOf } from './constant.ts';

export type Values = Float32Array;
export interface DraftWeight {
  readonly role: string;
  readonly shape: readonly number[];
  values: Values;
}

/** A layer that is being written: weights and settings may still change while constants are folded into it. */
export interface DraftLayer {
  readonly name: string;
  readonly type: string;
  readonly inputs: readonly string[];
  /** Shape of its output, without the batch. */
  readonly shape: readonly number[];
  config: Readonly<Record<string, unknown>>;
  weights: readonly DraftWeight[];
}

/** The limits of packages/network: what is beyond them is refused there as well, but here before anything is made for it. */
const mostChannels = 2 ** 20;
const largestTensor = 2 ** 28;

/** Layers without weights whose like is written once, when the same output is wanted in the same form again. */
const repeatable: ReadonlySet<string> = new Set(['Reshape', 'Flatten', 'ChannelSelection', 'ZeroPadding2D', 'Cropping2D']);

/** Collects the layers of the network in the making, in an order in which each comes after those that it reads. */
export class LayerWriter {
  readonly #layers = new Map<string, DraftLayer>();
  readonly #alike = new Map<string, string>();
  /** How often a name was wanted, in lower case: names may become names of files. */
  readonly #counts = new Map<string, number>();
  readonly budget: Budget;

  constructor(budget: Budget) {
    this.budget = budget;
  }

  layer(name: string): DraftLayer {
    return this.#layers.get(name)!;
  }

  /** Writes a layer, named after `wish`, and returns its name. `config` without the name. */
  add(
    wish: string,
    type: string,
    inputs: readonly string[],
    shape: readonly number[],
    config: Readonly<Record<string, unknown>> = {},
    weights: readonly DraftWeight[] = [],
  ): string {
    const alike = repeatable.has(type) ? JSON.stringify([type, inputs, config]) : null;
    const known = alike === null ? undefined : this.#alike.get(alike);
    if (known !== undefined) return known;
    if ((shape.at(-1) ?? 0) > mostChannels || !(elementCountOf(shape) <= largestTensor))
      throw new EspalierError('BAD_NETWORK', `layer ${wish}: its output [${shape.join(', ')}] is beyond all measure`, {
        hint: 'Use a smaller input or fewer channels.',
        path: ['layers', wish],
      });
    const name = this.#freshName(wish);
    this.#layers.set(name, { name, type, inputs, shape, config, weights });
    if (alike !== null) this.#alike.set(alike, name);
    return name;
  }

  /** Slashes end the layer's name in the names of weights, and other signs mean something to file systems and to TF.js. */
  #freshName(wish: string): string {
    const plain = wish.replaceAll(/[^A-Za-z0-9_]+/g, '_').replaceAll(/^_+|_+$/g, '') || 'layer';
    for (;;) {
      const key = plain.toLowerCase();
      const count = (this.#counts.get(key) ?? 0) + 1;
      this.#counts.set(key, count);
      const name = count === 1 ? plain : `${plain}_${count}`;
      if (count === 1) return name;
      if (!this.#counts.has(name.toLowerCase())) {
        this.#counts.set(name.toLowerCase(), 1);
        return name;
      }
    }
  }

  /** The network whose answers are `outputs`; layers that lead to none of them are left out. */
  network(name: string, inputs: readonly string[], outputs: readonly string[]): NetworkData {
    const needed = new Set(outputs);
    for (const layer of [...this.#layers.values()].reverse())
      if (needed.has(layer.name)) for (const input of layer.inputs) needed.add(input);
    const layers = [...this.#layers.values()].filter((layer) => needed.has(layer.name));
    return {
      topology: {
        class_name: 'Model',
        config: {
          name,
          layers: layers.map(topologyOf),
          input_layers: inputs.map((input) => [input, 0, 0]),
          output_layers: outputs.map((output) => [output, 0, 0]),
        },
        keras_version: 'tfjs-layers 4.22.0',
        backend: 'tensor_flow.js',
      },
      weights: layers.flatMap(({ name: layer, weights }) =>
        weights.map(({ role, shape, values }): Weight => ({ name: `${layer}/${role}`, shape, values })),
      ),
    };
  }
}

const topologyOf = ({ name, type, inputs, config }: DraftLayer): LayerConfig => ({
  class_name: type,
  name,
  config: { name, ...config },
  inbound_nodes: inputs.length === 0 ? [] : [inputs.map((input) => [input, 0, 0, {}])],
});
