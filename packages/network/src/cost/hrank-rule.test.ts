import { describe, expect, it } from 'vitest';
import { TopologyBuilder } from '../../test/builder.ts';
import { readGraph } from '../graph.ts';
import { networkCost } from './cost.ts';
import { hrankRuleCost, parseRates } from './hrank-rule.ts';

const net = new TopologyBuilder([4, 4, 3]);
const first = net.bn(net.conv(net.input, 10, { use_bias: true }, 'first'));
const graph = readGraph(net.classified(net.conv(first, 5, { kernel_size: [1, 1] }, 'second'), 2));

describe('the rule of HRank', () => {
  it('counts narrower outputs, whole inputs and whole dense layers', () => {
    // Of 10 channels 7 go (0.7 · 10 is 7 in binary fractions), of 5 two (0.5 · 5 cut off): 3 and 3 stay.
    const expected = {
      parameters: 3 * (9 * 3 + 1) + 3 * 10 + (5 * 2 + 2),
      cost: 16 * 9 * 3 * 3 + 16 * 10 * 3 + (5 * 2 + 2),
    };
    expect(hrankRuleCost(graph, { first: 0.7, second: 0.5 })).toEqual(expected);
  });

  it('counts a whole network as the convention of that name does', () => {
    const { parameters, cost } = networkCost(graph, 'hrank');
    expect(hrankRuleCost(graph, {})).toEqual({ parameters, cost });
  });

  it.each<[Record<string, number>, string]>([
    [{ third: 0.5 }, 'layer third: the network has no such convolution'],
    [{ classifier: 0.5 }, 'layer classifier: the network has no such convolution'],
    [{ first: 1 }, 'layer first: its rate must be at least 0 and below 1, but is 1'],
    [{ first: Number.NaN }, 'but is NaN'],
  ])('refuses %o', (rates, message) => {
    expect(() => hrankRuleCost(graph, rates)).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT', message: expect.stringContaining(message) }),
    );
  });
});

describe('rates as text', () => {
  it('are repeated as often as they say', () => {
    expect(parseRates('[0.1]+[0.60]*3 + [0]*2')).toEqual([0.1, 0.6, 0.6, 0.6, 0, 0]);
  });

  it.each(['', '0.4', '[0.4]*', '[0.4]**2', '[-0.4]', '[0.4]+', '[0.4]*99999999', '[0.4]*2.5'])('%j are refused', (text) => {
    expect(() => parseRates(text)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });
});
