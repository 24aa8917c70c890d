import type { InboundTensor, LayerConfig, Topology } from '@espalier/core';

type Config = Topology['config'];

/**
 * The same network, in which no layer reads the same tensor twice in one call. TF.js counts the layers that read a tensor, but strikes one off for each
 * reading: where a layer multiplies x by itself, x is let go before others have read it. Each further reading goes through a layer that hands x on.
 */
export function withoutRepeatedInputs(config: Config): Config {
  const layers = config.layers.flatMap((layer) => {
    const between: LayerConfig[] = [];
    const calls = layer.inbound_nodes.map((inbound, call) =>
      inbound.map((tensor, position): InboundTensor => {
        if (inbound.findIndex((other) => isSame(other, tensor)) === position) return tensor;
        const name = unusedName(config, `${layer.name}_input_${call}_${position}`);
        between.push({ class_name: 'Activation', name, config: { name, activation: 'linear' }, inbound_nodes: [[tensor]] });
        return [name, 0, 0, {}];
      }),
    );
    return between.length === 0 ? [layer] : [...between, { ...layer, inbound_nodes: calls }];
  });
  return layers.length === config.layers.length ? config : { ...config, layers };
}

const isSame = (a: InboundTensor, b: InboundTensor): boolean => a[0] === b[0] && a[1] === b[1] && a[2] === b[2];

function unusedName(config: Config, name: string): string {
  return config.layers.some((layer) => layer.name === name) ? unusedName(config, `${name}_`) : name;
}
