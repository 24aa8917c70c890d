/**
 * Dependency groups of synthetic networks that grow in depth and in width, to see that time grows with size and not with its square. Prints
 * `ScalingResult[]`.
 *
 *   node --import tsx bench/prune/scaling.ts
 */
import type { Topology } from '@espalier/core';
import { channelCount, dependencyGroups, readGraph } from '@espalier/network';
import { type Stream, TopologyBuilder } from '@espalier/zoo';
import { median } from '../harness/median.ts';
import type { ScalingResult } from './result.ts';

/** A residual network of pairs of 1 × 1 convolutions around one stream: every second layer is tied to all others of its kind. */
function deepNetwork(layers: number, channels: number): Topology {
  const net = new TopologyBuilder('deep', [8, 8, 3]);
  let stream: Stream = net.conv(net.input, 'stem', channels, { size: 1 });
  for (let layer = 1; layer < layers; layer += 2) {
    const inner = net.conv(stream, `inner${layer}`, channels, { size: 1 });
    stream = net.add([net.conv(inner, `outer${layer}`, channels, { size: 1 }), stream], `add${layer}`);
  }
  return net.build(net.dense(net.globalAveragePool(stream, 'pool'), 'classifier', 10));
}

/** A chain in which every convolution adds channels to all that were there before (DenseNet): as many groups as layers, in ever wider tensors. */
function denseNetwork(layers: number, channels: number): Topology {
  const net = new TopologyBuilder('dense', [8, 8, 3]);
  let stream: Stream = net.conv(net.input, 'stem', channels, { size: 1 });
  for (let layer = 1; layer < layers; layer++)
    stream = net.concatenate([stream, net.conv(stream, `conv${layer}`, channels, { size: 1 })], `concat${layer}`);
  return net.build(net.dense(net.globalAveragePool(stream, 'pool'), 'classifier', 10));
}

const builders = { residual: deepNetwork, dense: denseNetwork };

const sizes: readonly (readonly [shape: ScalingResult['shape'], layers: number, channels: number])[] = [
  ['residual', 250, 512],
  ['residual', 500, 512],
  ['residual', 1000, 512],
  ['residual', 2000, 512],
  ['residual', 2000, 1024],
  ['residual', 2000, 2048],
  ['residual', 2000, 4096],
  ['dense', 125, 12],
  ['dense', 250, 12],
  ['dense', 500, 12],
  ['dense', 1000, 12],
];

function measure(shape: ScalingResult['shape'], layers: number, channels: number): ScalingResult {
  const graphMs: number[] = [];
  const groupsMs: number[] = [];
  let places = 0;
  for (let repetition = 0; repetition < 3; repetition++) {
    const topology = builders[shape](layers, channels);
    const start = performance.now();
    const graph = readGraph(topology);
    const read = performance.now();
    dependencyGroups(graph);
    graphMs.push(read - start);
    groupsMs.push(performance.now() - read);
    places = graph.nodes.reduce((total, { outputShape }) => total + channelCount(outputShape), 0);
  }
  return { shape, layers, channels, places, graphMs: median(graphMs), groupsMs: median(groupsMs) };
}

console.log(JSON.stringify(sizes.map((size) => measure(...size))));
