import type { NetworkData, Topology } from '@espalier/core';
import { cutTopology, dependencyGroups, keptChannels, readGraph } from '@espalier/network';
import { randomPlan } from '@espalier/network/testing';
import { prune } from '@espalier/surgery';
import { encodeOnnx, type OnnxOptions } from '../src/onnx/encode.ts';
import { type Comparison, type ComparisonOptions, compareRunners } from '../src/verification/compare.ts';
import { onnxRunner } from '../src/verification/onnx-runner.ts';
import { tensorflowRunner } from './tensorflow-runner.ts';

/** What TensorFlow computes for a network against what ONNX Runtime computes for its ONNX file. */
export async function tensorflowAgainstOnnx(
  network: NetworkData,
  { opset, ...options }: OnnxOptions & ComparisonOptions = {},
): Promise<Comparison> {
  const tensorflow = await tensorflowRunner(network);
  const onnx = await onnxRunner(encodeOnnx(network, { opset }));
  try {
    return await compareRunners(tensorflow, onnx, { samples: 1, ...options });
  } finally {
    await tensorflow.close();
    await onnx.close();
  }
}

/** The network cut at random in every group that can be cut; null where there is none. */
export function cutAtRandom(network: NetworkData, seed: number, least = 1): NetworkData | null {
  const groups = dependencyGroups(readGraph(network.topology));
  const plan = randomPlan(groups, seed, least);
  return Object.keys(plan.keep).length === 0 ? null : prune(network, plan);
}

/** The same architecture with an eighth of the channels of every group, at least four: every kind of layer, and weights that cost no time. */
export function narrowed(topology: Topology): Topology {
  const graph = readGraph(topology);
  const keep = Object.fromEntries(
    dependencyGroups(graph)
      .filter(({ prunable }) => prunable)
      .map(({ id, channels }) => [
        id,
        Array.from({ length: Math.min(channels, Math.max(4, Math.floor(channels / 8))) }, (_, channel) => channel),
      ]),
  );
  return cutTopology(graph, keptChannels(graph, { keep }));
}
