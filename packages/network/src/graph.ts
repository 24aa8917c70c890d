import { EspalierError, type InboundTensor, type LayerConfig, type Topology } from '@espalier/core';
import { badNetwork } from './faults.ts';
import type { LayerCall, LayerKind, Operations, WeightSpec } from './layers/kind.ts';
import { layerKind } from './layers/table.ts';
import { channelCount, elementCount, shapeText } from './shape.ts';

/** One call of one layer. A layer that is shared is called more than once, with the same weights. */
export interface GraphNode extends LayerCall {
  readonly index: number;
  /** Which call of its layer this is, from 0. */
  readonly call: number;
  /** The nodes whose outputs it reads, by index: always smaller than its own. */
  readonly inputs: readonly number[];
  readonly kind: LayerKind;
  /** What its layer owns, and what this call does for one image. Worked out while reading, so that a faulty setting shows at once. */
  readonly weights: readonly WeightSpec[];
  readonly operations: Partial<Operations>;
}

/** A network as a graph: nodes in an order in which every one comes after those it reads. */
export interface Graph {
  readonly topology: Topology;
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly number[];
}

interface PendingCall {
  readonly layer: LayerConfig;
  readonly call: number;
  readonly inbound: readonly InboundTensor[];
}

/** Beyond these a topology is a mistake or an attack: every channel is numbered, and no network for pictures comes near. */
const largestTensor = 2 ** 28;
const mostChannels = 2 ** 20;

const key = (layer: string, call: number): string => `${layer}\n${call}`;

const graphs = new WeakMap<Topology, Graph>();

/**
 * Reads a topology as a graph and infers every shape. Throws BAD_NETWORK for one that contradicts itself (a cycle, a reference into the void,
 * a layer that leads nowhere, shapes that do not fit) and UNSUPPORTED_LAYER for a layer or setting whose meaning is not known.
 * A topology is never changed, so it is read once: planning, cutting and counting the same one share its graph, and with it the groups.
 */
export function readGraph(topology: Topology): Graph {
  const known = graphs.get(topology);
  if (known !== undefined) return known;
  const graph = read(topology);
  graphs.set(topology, graph);
  return graph;
}

function read(topology: Topology): Graph {
  const calls = pendingCalls(topology);
  const nodes: GraphNode[] = [];
  const indexOf = new Map<string, number>();
  for (const pending of inOrder(calls)) {
    const node = readNode(pending, nodes, indexOf);
    indexOf.set(key(pending.layer.name, pending.call), node.index);
    nodes.push(node);
  }
  const outputs = topology.config.output_layers.map(([layer, call]) => {
    const index = indexOf.get(key(layer, call));
    if (index === undefined) throw badNetwork(layer, 'is named as an output, but there is no such layer');
    return index;
  });
  refuseDeadEnds(nodes, outputs);
  return { topology, nodes, outputs };
}

/** A layer whose type, or one of whose settings, is not known. */
export interface UnsupportedLayer {
  readonly layer: string;
  readonly type: string;
  readonly reason: string;
}

/**
 * All layers that `readGraph` would refuse as unsupported, in the order of the graph. The settings of a layer behind such a one are not looked at, for
 * they may mean something only for the shape that it would make; its type is. Throws BAD_NETWORK as `readGraph` does.
 */
export function unsupportedLayers(topology: Topology): UnsupportedLayer[] {
  const nodes: GraphNode[] = [];
  const indexOf = new Map<string, number>();
  const unsupported = new Map<string, UnsupportedLayer>();
  for (const pending of inOrder(pendingCalls(topology))) {
    const { name: layer, class_name: type } = pending.layer;
    try {
      layerKind(layer, type);
      if (!pending.inbound.every(([source, call]) => indexOf.has(key(source, call)))) continue;
      const node = readNode(pending, nodes, indexOf);
      indexOf.set(key(layer, pending.call), node.index);
      nodes.push(node);
    } catch (error) {
      if (!(error instanceof EspalierError) || error.code !== 'UNSUPPORTED_LAYER') throw error;
      unsupported.set(layer, { layer, type, reason: error.message });
    }
  }
  return [...unsupported.values()];
}

function pendingCalls(topology: Topology): ReadonlyMap<string, PendingCall> {
  const { layers, output_layers: outputs } = topology.config;
  if (layers.length === 0 || outputs.length === 0)
    throw new EspalierError('BAD_NETWORK', 'the network has no layers or no outputs', {
      hint: 'Export the whole network.',
      path: ['layers'],
    });
  const calls = new Map<string, PendingCall>();
  for (const layer of layers) {
    if (calls.has(key(layer.name, 0))) throw badNetwork(layer.name, 'its name is used twice', 'Give every layer a name of its own.');
    const inboundOfCalls = layer.inbound_nodes.length === 0 ? [[]] : layer.inbound_nodes;
    inboundOfCalls.forEach((inbound, call) => calls.set(key(layer.name, call), { layer, call, inbound }));
  }
  for (const { layer, inbound } of calls.values())
    for (const [source, call, tensor] of inbound) {
      if (!calls.has(key(source, call))) throw badNetwork(layer.name, `reads ${source} (call ${call}), and there is no such layer`);
      if (tensor !== 0) throw badNetwork(layer.name, `reads output ${tensor} of ${source}, which has only one`);
    }
  return calls;
}

/** The calls with each after its inputs, otherwise as they are listed (Kahn 1962). What is left over lies on a cycle. */
function inOrder(calls: ReadonlyMap<string, PendingCall>): PendingCall[] {
  const missing = new Map<string, number>();
  const readers = new Map<string, string[]>();
  for (const [name, { inbound }] of calls) {
    missing.set(name, inbound.length);
    for (const [source, call] of inbound) {
      const list = readers.get(key(source, call));
      if (list === undefined) readers.set(key(source, call), [name]);
      else list.push(name);
    }
  }
  const ready = [...calls.keys()].filter((name) => missing.get(name) === 0);
  for (let next = 0; next < ready.length; next++)
    for (const reader of readers.get(ready[next]!) ?? []) {
      const left = missing.get(reader)! - 1;
      missing.set(reader, left);
      if (left === 0) ready.push(reader);
    }
  if (ready.length < calls.size) {
    const onCycle = [...calls.entries()].find(([name]) => missing.get(name)! > 0)!;
    throw badNetwork(
      onCycle[1].layer.name,
      'waits for its own output: the network has a cycle',
      'Unroll it; only networks without cycles can be read.',
    );
  }
  return ready.map((name) => calls.get(name)!);
}

function readNode({ layer, call, inbound }: PendingCall, nodes: readonly GraphNode[], indexOf: ReadonlyMap<string, number>): GraphNode {
  const kind = layerKind(layer.name, layer.class_name);
  const inputs = inbound.map(([source, sourceCall]) => indexOf.get(key(source, sourceCall))!);
  const fits = kind.inputs === 'several' ? inputs.length >= 1 : inputs.length === (kind.inputs === 'one' ? 1 : 0);
  if (!fits)
    throw badNetwork(layer.name, `${layer.class_name} reads ${inputs.length} tensors`, 'Connect it to as many inputs as its type takes.');
  const before = {
    layer: layer.name,
    type: layer.class_name,
    config: layer.config,
    inputShapes: inputs.map((input) => nodes[input]!.outputShape),
  };
  const outputShape = kind.outputShape(before);
  if (channelCount(outputShape) > mostChannels || elementCount(outputShape) > largestTensor)
    throw badNetwork(layer.name, `its output ${shapeText(outputShape)} is beyond all measure`, 'Use a smaller input or fewer channels.');
  const made = { ...before, outputShape };
  const weights = kind.weights?.(made) ?? [];
  const operations = kind.operations?.(made) ?? {};
  return { ...made, index: nodes.length, call, inputs, kind, weights, operations };
}

function refuseDeadEnds(nodes: readonly GraphNode[], outputs: readonly number[]): void {
  const reached = new Set(outputs);
  for (let index = nodes.length - 1; index >= 0; index--)
    if (reached.has(index)) for (const input of nodes[index]!.inputs) reached.add(input);
  const lost = nodes.find(({ index }) => !reached.has(index));
  if (lost !== undefined) throw badNetwork(lost.layer, 'leads to no output of the network', 'Remove it, or name it as an output.');
}
