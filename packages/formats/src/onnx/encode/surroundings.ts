import { type Graph, type GraphNode, marginsSetting, textSetting } from '@espalier/network';
import { type LayerSurroundings, orderDiffers } from './layer-export.ts';

/** Layers that work number by number, so that the order of the numbers is all the same to them. */
const orderless: ReadonlySet<string> = new Set([
  'ReLU',
  'LeakyReLU',
  'ELU',
  'ThresholdedReLU',
  'Dropout',
  'SpatialDropout2D',
  'GaussianNoise',
  'GaussianDropout',
  'AlphaDropout',
  'ActivityRegularization',
]);

const convolutions: ReadonlySet<string> = new Set(['Conv2D', 'DepthwiseConv2D', 'SeparableConv2D']);

/**
 * What each layer has to know of those around it, by the index of its node, so that the file becomes what PyTorch would have made of the same
 * network: zeros around a picture belong to the convolution that reads them, and a flattened map lies channels first before a dense layer, whose
 * rows are put in that order.
 */
export function surroundingsOf(graph: Graph): ReadonlyMap<number, LayerSurroundings> {
  const surroundings = new Map<number, LayerSurroundings>();
  const note = (index: number, more: LayerSurroundings) => surroundings.set(index, { ...surroundings.get(index), ...more });
  const readers = readersOf(graph);
  const outputs = new Set(graph.outputs);
  for (const node of graph.nodes) {
    if (outputs.has(node.index)) continue;
    const behind = readers[node.index]!;
    if (node.type === 'ZeroPadding2D' && behind.every(isUnpaddedConvolution)) {
      note(node.index, { passesThrough: true });
      for (const reader of behind) note(reader.index, { padding: marginsSetting(node, 'padding') });
    }
    if (node.outputShape.length !== 1 || node.inputShapes.length !== 1 || !orderDiffers(node.inputShapes[0]!)) continue;
    if (node.type !== 'Flatten' && node.type !== 'Reshape') continue;
    const dense = denseBehind(node, readers, outputs);
    if (dense === undefined) continue;
    note(node.index, { channelsFirst: true });
    for (const reader of dense) note(reader.index, { flattenedFrom: node.inputShapes[0]! });
  }
  return surroundings;
}

function readersOf({ nodes }: Graph): GraphNode[][] {
  const readers = nodes.map((): GraphNode[] => []);
  for (const node of nodes) for (const input of node.inputs) readers[input]!.push(node);
  return readers;
}

const isUnpaddedConvolution = (node: GraphNode): boolean =>
  convolutions.has(node.type) && textSetting(node, 'padding', ['same', 'valid'], 'valid') === 'valid';

const isOrderless = ({ type, config }: GraphNode): boolean =>
  orderless.has(type) || (type === 'Activation' && config['activation'] !== 'softmax' && config['activation'] !== 'log_softmax');

/** The dense layers that read a vector, straight or through layers without order; undefined where anything else reads it. */
function denseBehind(from: GraphNode, readers: readonly GraphNode[][], outputs: ReadonlySet<number>): GraphNode[] | undefined {
  const dense: GraphNode[] = [];
  const pending = [from];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (outputs.has(node.index)) return undefined;
    for (const reader of readers[node.index]!) {
      if (reader.type === 'Dense') dense.push(reader);
      else if (isOrderless(reader)) pending.push(reader);
      else return undefined;
    }
  }
  return dense;
}
