import type { NetworkCost } from '@espalier/core';
import type { Graph, GraphNode } from '../graph.ts';
import type { Operations, WeightSpec } from '../layers/kind.ts';
import { elementCount, type Shape } from '../shape.ts';
import { conventions, type ConventionName } from './conventions.ts';

/** What one layer costs. Integers, exact; a layer that is called more than once appears once for each call, with its parameters only in the first. */
export interface LayerCost extends NetworkCost {
  readonly layer: string;
  readonly type: string;
  readonly outputShape: Shape;
  /** Learnable numbers, as the convention counts them. */
  readonly parameters: number;
  /** Learnable numbers of normalisation (γ and β), counted in `parameters` or not. */
  readonly normalisationParameters: number;
  /** Multiply-accumulates for one image, in every convention the same. */
  readonly macs: number;
  /** The convention's own number of operations for one image. */
  readonly cost: number;
}

export interface ConventionalCost extends NetworkCost {
  readonly convention: ConventionName;
  readonly normalisationParameters: number;
  readonly cost: number;
}

const nothing: Operations = {
  macs: 0,
  convolutionBiases: 0,
  denseBiases: 0,
  normalised: 0,
  rectified: 0,
  maximumPooled: 0,
  averagePooled: 0,
  averagePoolingOfOldThop: 0,
};

const learnableCount = (weights: readonly WeightSpec[]): number =>
  weights.reduce((total, { learnable, shape }) => total + (learnable ? elementCount(shape) : 0), 0);

/** Parameters (all learnable ones) and multiply-accumulates of one call of a layer with these weights. */
export const callCost = (weights: readonly WeightSpec[], { macs = 0 }: Partial<Operations>): NetworkCost => ({
  parameters: learnableCount(weights),
  macs,
});

function layerCost(node: GraphNode, conventionName: ConventionName): LayerCost {
  const convention = conventions[conventionName];
  const weights = node.call === 0 ? node.weights : [];
  const normalisationParameters = learnableCount(weights.filter(({ normalisation }) => normalisation));
  const operations = { ...nothing, ...node.operations };
  return {
    layer: node.layer,
    type: node.type,
    outputShape: node.outputShape,
    parameters: learnableCount(weights) - (convention.countsNormalisation ? 0 : normalisationParameters),
    normalisationParameters,
    macs: operations.macs,
    cost: convention.cost(operations),
  };
}

/** Parameters, multiply-accumulates and the convention's cost of every layer, in the order of the graph. */
export const layerCosts = (graph: Graph, convention: ConventionName = 'physical'): LayerCost[] =>
  graph.nodes.map((node) => layerCost(node, convention));

/** The same for the whole network. */
export function networkCost(graph: Graph, convention: ConventionName = 'physical'): ConventionalCost {
  const layers = layerCosts(graph, convention);
  const total = (measure: 'parameters' | 'normalisationParameters' | 'macs' | 'cost') =>
    layers.reduce((sum, layer) => sum + layer[measure], 0);
  return {
    convention,
    parameters: total('parameters'),
    normalisationParameters: total('normalisationParameters'),
    macs: total('macs'),
    cost: total('cost'),
  };
}
