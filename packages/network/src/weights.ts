import { EspalierError, type Weight } from '@espalier/core';
import type { Graph, GraphNode } from './graph.ts';
import type { WeightSpec } from './layers/kind.ts';
import { elementCount, sameShape, shapeText } from './shape.ts';

export interface NamedWeightSpec extends WeightSpec {
  /** `layer/role`. */
  readonly name: string;
  /** The first call of the layer that owns it. */
  readonly node: GraphNode;
}

const specsOfGraphs = new WeakMap<Graph, readonly NamedWeightSpec[]>();

/** Every weight that the topology asks for, layer by layer in the order of the graph. They are listed once for each graph. */
export function weightSpecs(graph: Graph): readonly NamedWeightSpec[] {
  const known = specsOfGraphs.get(graph);
  if (known !== undefined) return known;
  const specs = listSpecs(graph);
  specsOfGraphs.set(graph, specs);
  return specs;
}

function listSpecs(graph: Graph): NamedWeightSpec[] {
  const specs: NamedWeightSpec[] = [];
  for (const node of graph.nodes) {
    if (node.call > 0) continue;
    for (const spec of node.weights) specs.push({ ...spec, name: `${node.layer}/${spec.role}`, node });
  }
  return specs;
}

/** Throws BAD_NETWORK, naming the weight, unless `weights` are exactly those the topology asks for, each of its shape. */
export function checkWeights(graph: Graph, weights: readonly Weight[]): void {
  const given = new Map(weights.map((weight) => [weight.name, weight]));
  const specs = weightSpecs(graph);
  for (const { name, shape } of specs) {
    const weight = given.get(name);
    if (weight === undefined) throw badWeight(name, 'is missing');
    if (!sameShape(weight.shape, shape))
      throw badWeight(name, `has shape ${shapeText(weight.shape)}, but its layer asks for ${shapeText(shape)}`);
    if (weight.values.length !== elementCount(shape))
      throw badWeight(name, `has ${weight.values.length} values, but shape ${shapeText(shape)}`);
  }
  if (weights.length === specs.length && given.size === specs.length) return;
  const asked = new Set(specs.map(({ name }) => name));
  const surplus = weights.find(({ name }) => !asked.has(name))?.name ?? weights.find((weight) => given.get(weight.name) !== weight)!.name;
  throw badWeight(surplus, 'is named twice, or no layer asks for it');
}

const badWeight = (name: string, message: string): EspalierError =>
  new EspalierError('BAD_NETWORK', `weight ${name} ${message}`, {
    hint: 'Export topology and weights of the same network together.',
    path: ['weights', name],
  });
