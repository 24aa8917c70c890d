import { EspalierError, type LayerConfig, type Topology } from '@espalier/core';
import { badInputShape } from './faults.ts';
import type { ReadOptions } from './format.ts';

/**
 * `topology` with the open sides of its input set to `inputShape`, as networks without dense layers are often saved with [null, null, 3].
 * Throws BAD_INPUT where a side that the file fixes differs, or where the topology leaves sides open and nothing says which to take.
 */
export function fixInputShape(topology: Topology, options: ReadOptions): Topology {
  const { layers } = topology.config;
  const isInput = ({ class_name: type }: LayerConfig) => type === 'InputLayer';
  refuseAmbiguousShape(layers.filter(isInput).length, options);
  const fixed = layers.map((layer) => (isInput(layer) ? withFixedShape(layer, options) : layer));
  return { ...topology, config: { ...topology.config, layers: fixed } };
}

/** Throws BAD_INPUT where a shape is asked for and there is more than one input to take it. */
export function refuseAmbiguousShape(inputs: number, { inputShape }: ReadOptions): void {
  if (inputShape !== undefined && inputs > 1)
    throw badInputShape(`the network has ${inputs} inputs, and one shape does not say which is meant`, 'Export it with fixed shapes.');
}

/** `fixInputShape` for one input layer. */
export function withFixedShape(layer: LayerConfig, { inputShape: wanted }: ReadOptions): LayerConfig {
  const key = layer.config['batch_input_shape'] === undefined ? 'batch_shape' : 'batch_input_shape';
  const given = layer.config[key];
  if (!Array.isArray(given)) return layer;
  const [batch, ...sizes]: unknown[] = given;
  const text = JSON.stringify(sizes);
  const isOpen = sizes.some((size) => size === null);
  if (wanted === undefined) {
    if (!isOpen) return layer;
    throw new EspalierError('BAD_NETWORK', `layer ${layer.name}: its shape ${text} is not fixed`, {
      hint: 'Say for which size to read the network: the option inputShape, or --input 224x224x3 on the command line.',
      path: ['layers', layer.name],
    });
  }
  if (sizes.length !== wanted.length || sizes.some((size, axis) => size !== null && size !== wanted[axis]))
    throw badInputShape(
      `layer ${layer.name}: its shape ${text} can't be ${JSON.stringify(wanted)}`,
      'Ask for a shape that agrees with what the file fixes, or for none.',
    );
  return { ...layer, config: { ...layer.config, [key]: [batch, ...wanted] } };
}
