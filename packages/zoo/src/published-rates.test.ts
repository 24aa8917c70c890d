import { hrankRuleCost, parseRates, readGraph } from '@espalier/network';
import { describe, expect, it } from 'vitest';
import { publishedRates } from './published-rates.ts';
import { buildZooTopology } from './zoo.ts';

const costAt = (name: string, rates: readonly number[]) => hrankRuleCost(readGraph(buildZooTopology(name)), publishedRates(name, rates));

const hrankResNet56 = '[0.1]+[0.60]*35+[0.0]*2+[0.6]*6+[0.4]*3+[0.1]+[0.4]+[0.1]+[0.4]+[0.1]+[0.4]+[0.1]+[0.4]';

describe('the cost by the rule of HRank', () => {
  it.each([
    ['resnet56', hrankResNet56, 62_715_530, 489_359],
    ['googlenet-cifar', '[0.10]+[0.8]*5+[0.85]+[0.8]*3', 450_061_322, 1_858_262],
    ['resnet50', '[0.2]+[0.8]*10+[0.8]*13+[0.55]*19+[0.45]*10', 1_549_652_456, 13_773_764],
    ['resnet110', '[0.1]+[0.40]*108', 156_884_618, 1_054_847],
  ])('of %s at %s is the one in HRank’s own table', (name, text, cost, parameters) => {
    expect(costAt(name, parseRates(text))).toEqual({ cost, parameters });
  });

  // The last column is the reduction that is printed, in percent: its numerator counts in units of 2²⁰ (or 2³⁰), its denominator in millions.
  it.each([
    ['resnet56', '[0.0]+[0.7]*17+[0.4]*2+[0.7]*16+[0.5]*2+[0.8]*17', 36_901_514, 71.95, 70.59],
    ['resnet56', '[0.0]+[0.5]*17+[0.5]*2+[0.6]*16+[0.5]*2+[0.7]*17', 51_905_162, 60.55, 58.64],
    ['resnet56', '[0.0]+[0.4]*17+[0.5]*2+[0.6]*16+[0.4]*2+[0.6]*17', 61_102_730, 53.56, 51.31],
    ['resnet110', '[0.0]+[0.6]*35+[0.5]*2+[0.60]*34+[0.6]*2+[0.6]*35', 105_910_922, 60.06, 58.12],
    ['resnet110', '[0.1]+[0.7]*35+[0.6]*2+[0.70]*34+[0.7]*2+[0.7]*35', 79_709_834, 70.0, 68.48],
    ['vgg16-cifar', '[0.1]*2+[0.4]*2+[0.5]*2+[0.6]*2+[0.7]*3+[0.6]*2', 154_304_010, 53.14, 50.77],
    ['vgg16-cifar', '[0.1]*2+[0.5]*2+[0.6]*2+[0.7]*2+[0.8]*3+[0.6]*2', 128_849_418, 60.83, 58.9],
    ['vgg16-cifar', '[0.3]*2+[0.6]*2+[0.7]*2+[0.8]*2+[0.9]*3+[0.6]*2', 95_736_330, 70.89, 69.46],
    ['googlenet-cifar', '[0.1]+[0.5]+[0.6]+[0.8]*4+[0.7]+[0.8]*2', 604_466_186, 62.11, 60.28],
    ['googlenet-cifar', '[0.1]+[0.6]+[0.7]+[0.9]*4+[0.8]+[0.9]*2', 472_594_442, 70.39, 68.94],
    ['resnet50', '[0.1]+[0.4]*10+[0.6]*13+[0.5]*19+[0.5]*10', 2_066_866_664, 53.05, 49.46],
    ['resnet50', '[0.4]+[0.7]*14+[0.6]*13+[0.5]*15+[0.5]*10', 1_758_522_600, 60.0, 57.0],
    ['vgg16-cifar', '[0.4]+[0.4]+[0.52]+[0.54]+[0.55]+[0.61]+[0.64]+[0.64]+[0.79]+[0.73]+[0.66]+[0.6]+[0.6]', 123_716_106, 62.39, 60.53],
    ['googlenet-cifar', '[0.3]+[0.6]+[0.7]+[0.9]*4+[0.8]+[0.9]*2', 471_543_818, 71.05, 69.01],
  ])('of %s at %s is %i: not the printed reduction of %f %%, but one of %f %%', (name, text, cost, printed, reduction) => {
    const found = costAt(name, parseRates(text)).cost;
    expect(found).toBe(cost);
    const baseline = publishedBaselines[name]!;
    expect(printed - reduction).toBeGreaterThan(1.3);
    // To the last printed digit of the two.
    expect(Math.abs(100 * (1 - found / baseline) - reduction)).toBeLessThan(0.011);
  });

  it('refuses another number of rates, and networks whose order is not known', () => {
    expect(() => publishedRates('resnet56', [0.5])).toThrow('resnet56 takes 55 rates, but got 1');
    expect(() => publishedRates('densenet40', [0.5])).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });
});

/** What the papers divide by, in multiply-accumulates. */
const publishedBaselines: Readonly<Record<string, number>> = {
  resnet56: 125_485_706,
  resnet110: 252_887_690,
  'vgg16-cifar': 313_464_330,
  'googlenet-cifar': 1_521_756_170,
  resnet50: 4_089_185_256,
};
