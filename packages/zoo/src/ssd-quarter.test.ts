import { networkCost, readGraph } from '@espalier/network';
import { describe, expect, it } from 'vitest';
import { buildZooTopology } from './zoo.ts';

const graphOf = (side: number, classes: number) =>
  readGraph(buildZooTopology('ssd-vgg16-quarter', { inputShape: [side, side, 3], classes }));

/** [input channels, output channels, side of the kernel, side of the output] of every convolution with batch normalisation, at 160 × 160. */
const convolutions = [
  [3, 16, 3, 160], [16, 16, 3, 160],
  [16, 32, 3, 80], [32, 32, 3, 80],
  [32, 64, 3, 40], [64, 64, 3, 40], [64, 64, 3, 40],
  [64, 128, 3, 20], [128, 128, 3, 20], [128, 128, 3, 20],
  [128, 128, 3, 10], [128, 128, 3, 10], [128, 128, 3, 10],
  [128, 256, 3, 10], [256, 256, 1, 10],
  [256, 64, 1, 10], [64, 128, 3, 5],
  [128, 32, 1, 5], [32, 64, 3, 3],
  [64, 32, 1, 3], [32, 64, 3, 1],
] as const; // prettier-ignore

/** [channels, boxes at a place, side] of the source maps. */
const heads = [[128, 4, 20], [256, 6, 10], [128, 6, 5], [64, 4, 3], [64, 4, 1]] as const; // prettier-ignore

const sum = (numbers: readonly number[]): number => numbers.reduce((total, value) => total + value, 0);

describe('SSD with a quarter of the channels', () => {
  it.each([7, 21])('costs what its convolutions cost, for %i classes', (classes) => {
    const { parameters, macs } = networkCost(graphOf(160, classes));
    const predicted = heads.map(([channels, boxes, side]) => ({
      kernel: channels * 9 * boxes * (classes + 4),
      bias: boxes * (classes + 4),
      side,
    }));
    expect(parameters).toBe(
      sum(convolutions.map(([from, to, size]) => from * to * size * size + 2 * to)) +
        sum(predicted.map(({ kernel, bias }) => kernel + bias)),
    );
    expect(macs).toBe(
      sum(convolutions.map(([from, to, size, side]) => from * to * size * size * side * side)) +
        sum(predicted.map(({ kernel, side }) => kernel * side * side)),
    );
  });

  it.each([
    [300, 8732],
    [160, 2390],
    [64, 4 * 64 + 4 * 16 + 4 * 4],
  ])('gives answers for the boxes of its maps at %i × %i pixels', (side, boxes) => {
    const { nodes, outputs } = graphOf(side, 7);
    expect(outputs.map((index) => nodes[index]!.outputShape)).toEqual([
      [boxes, 7],
      [boxes, 4],
    ]);
  });
});
