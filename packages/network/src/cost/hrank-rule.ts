import { EspalierError } from '@espalier/core';
import type { Graph, GraphNode } from '../graph.ts';
import { channelCount, elementCount } from '../shape.ts';

/** What the rule counts, in the convention `hrank`: exact integers. */
export interface HrankRuleCost {
  /** Kernels and biases of convolutions and dense layers; no batch normalisation. */
  readonly parameters: number;
  /** Multiply-accumulates, and the additions of dense biases. */
  readonly cost: number;
}

/** For each convolution by name the share of its output channels that is removed, from 0 up to 1; a layer that is not named stays whole. */
export type RemovalRates = Readonly<Record<string, number>>;

/**
 * The cost that HRank (Lin et al. 2020), CHIP and EXP report of a pruned network: each convolution makes `C − trunc(rate · C)` channels, but goes on reading
 * all of its inputs, and dense layers stay whole. No network computes like that: it says less than what is really saved, and serves to compare with
 * these papers only. `costAfter` is the truth. Throws BAD_INPUT for a layer that is no convolution, or a rate outside [0, 1).
 */
export function hrankRuleCost(graph: Graph, rates: RemovalRates): HrankRuleCost {
  const convolutions = new Set(graph.nodes.filter(isConvolution).map(({ layer }) => layer));
  for (const [layer, rate] of Object.entries(rates)) {
    if (!convolutions.has(layer)) throw badRate(layer, 'the network has no such convolution');
    if (!(rate >= 0 && rate < 1)) throw badRate(layer, `its rate must be at least 0 and below 1, but is ${rate}`);
  }
  let parameters = 0;
  let cost = 0;
  for (const node of graph.nodes) {
    const channels = channelCount(node.outputShape);
    const kept = channels - Math.trunc((rates[node.layer] ?? 0) * channels);
    const { macs = 0, denseBiases = 0 } = node.operations;
    cost += (macs / channels) * kept + denseBiases;
    if (node.call > 0) continue;
    for (const { shape, learnable, normalisation } of node.weights)
      if (learnable && !normalisation) parameters += (elementCount(shape) / channels) * kept;
  }
  return { parameters, cost };
}

const isConvolution = ({ type }: GraphNode): boolean => type === 'Conv2D';

const badRate = (layer: string, message: string): EspalierError =>
  new EspalierError('BAD_INPUT', `layer ${layer}: ${message}`, {
    hint: 'Name convolutions of this network, each with the share of its output channels that is removed.',
    path: ['rates', layer],
  });

/**
 * The rates that the codes of these papers take as text, such as `[0.1]+[0.6]*35+[0.0]*2`: one for each convolution in their own order.
 * Throws BAD_INPUT for text of another form.
 */
export function parseRates(text: string): number[] {
  return text
    .replaceAll(/\s/g, '')
    .split('+')
    .flatMap((term) => {
      const [, rate, count = '1'] = /^\[(\d*\.\d+|0|1)\](?:\*(\d+))?$/.exec(term) ?? [];
      if (rate === undefined || Number(count) > 10_000)
        throw new EspalierError('BAD_INPUT', `${JSON.stringify(term)} is not a rate such as [0.4] or [0.4]*3`, {
          hint: 'Join rates by +, as in [0.0]+[0.5]*17.',
          path: ['rates'],
        });
      return Array.from({ length: Number(count) }, () => Number(rate));
    });
}
