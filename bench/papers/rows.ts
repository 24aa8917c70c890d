/**
 * What the five papers and their siblings print about structure, row by row: figures of the papers, not ours. `network` is the zoo's name for what they
 * prune. Costs are in the unit in which they are printed.
 */

/** A whole network as a paper counts it, and the convention that gives that count. */
export interface BaselineRow {
  readonly paper: string;
  readonly network: string;
  readonly classes?: number;
  readonly convention: 'hrank' | 'ptflops' | 'old-thop';
  /** As printed, in millions. */
  readonly millionParameters: number;
  readonly millionCost: number;
  /** What is known of the difference, where there is one. */
  readonly remark?: string;
}

export const baselineRows: readonly BaselineRow[] = [
  { paper: 'EXP, HRank', network: 'resnet56', convention: 'hrank', millionParameters: 0.85, millionCost: 125.49 },
  { paper: 'EXP, HRank', network: 'resnet110', convention: 'hrank', millionParameters: 1.72, millionCost: 252.89 },
  { paper: 'EXP, HRank', network: 'googlenet-cifar', convention: 'hrank', millionParameters: 6.15, millionCost: 1520 },
  { paper: 'HRank', network: 'densenet40', convention: 'hrank', millionParameters: 1.04, millionCost: 282.92 },
  {
    paper: 'EXP, HRank',
    network: 'vgg16-cifar',
    convention: 'hrank',
    millionParameters: 14.98,
    millionCost: 313.73,
    remark: 'the 512 × 512 layer of the head counted twice gives the printed figure',
  },
  { paper: 'ACP, ICP', network: 'vgg16-cifar-linear', convention: 'old-thop', millionParameters: 14.73, millionCost: 314.59 },
  { paper: 'ACP, ICP', network: 'resnet56', convention: 'old-thop', millionParameters: 0.85, millionCost: 127.62 },
  { paper: 'ACP, ICP', network: 'resnet56', classes: 100, convention: 'ptflops', millionParameters: 0.86, millionCost: 127.09 },
  { paper: 'ACP, ICP', network: 'resnet110', convention: 'ptflops', millionParameters: 1.73, millionCost: 256.04 },
  { paper: 'ACP, ICP', network: 'googlenet-cifar', convention: 'ptflops', millionParameters: 6.17, millionCost: 1533.96 },
  { paper: 'ACP, ICP', network: 'vgg19-cifar', classes: 100, convention: 'ptflops', millionParameters: 20.09, millionCost: 399.52 },
  {
    paper: 'ACP, ICP',
    network: 'resnet18',
    convention: 'ptflops',
    millionParameters: 11.69,
    millionCost: 1819.87,
    remark: 'without the ReLUs, which their counter does not see when they are functions',
  },
  {
    paper: 'ACP',
    network: 'resnet34',
    convention: 'ptflops',
    millionParameters: 21.8,
    millionCost: 3672.07,
    remark: 'without the ReLUs, as above',
  },
  {
    paper: 'ACP',
    network: 'resnet50',
    convention: 'ptflops',
    millionParameters: 25.56,
    millionCost: 4112.32,
    remark: 'without the ReLUs, as above',
  },
];

/** A pruned network that a paper describes by the share it removes of each convolution's filters. */
export interface RateRow {
  readonly paper: string;
  readonly network: string;
  readonly rates: string;
  /** The unit in which the pruned cost is counted by mistake, where it is not 2²⁰ against a million. */
  readonly slip?: 'giga';
  /** As printed: the cost in `unit`, and the reduction in percent. */
  readonly cost?: number;
  readonly unit?: 'M' | 'B';
  readonly reduction?: number;
  readonly parameters?: number;
  readonly parameterReduction?: number;
}

export const rateRows: readonly RateRow[] = [
  {
    paper: 'HRank',
    network: 'resnet56',
    rates: '[0.1]+[0.60]*35+[0.0]*2+[0.6]*6+[0.4]*3+[0.1]+[0.4]+[0.1]+[0.4]+[0.1]+[0.4]+[0.1]+[0.4]',
    cost: 62.72,
    unit: 'M',
    reduction: 50.0,
    parameters: 0.49,
    parameterReduction: 42.4,
  },
  { paper: 'HRank', network: 'resnet110', rates: '[0.1]+[0.40]*108', cost: 156.9, unit: 'M', parameters: 1.04 },
  {
    paper: 'HRank',
    network: 'googlenet-cifar',
    rates: '[0.10]+[0.8]*5+[0.85]+[0.8]*3',
    cost: 0.45,
    unit: 'B',
    reduction: 70.4,
    parameters: 1.86,
    parameterReduction: 69.8,
  },
  {
    paper: 'HRank',
    network: 'resnet50',
    rates: '[0.2]+[0.8]*10+[0.8]*13+[0.55]*19+[0.45]*10',
    cost: 1.55,
    unit: 'B',
    parameters: 13.77,
  },
  {
    paper: 'EXP',
    network: 'resnet56',
    rates: '[0.0]+[0.4]*17+[0.5]*2+[0.6]*16+[0.4]*2+[0.6]*17',
    reduction: 53.56,
    parameters: 0.34,
    parameterReduction: 60.0,
  },
  {
    paper: 'EXP',
    network: 'resnet56',
    rates: '[0.0]+[0.5]*17+[0.5]*2+[0.6]*16+[0.5]*2+[0.7]*17',
    cost: 49.5,
    unit: 'M',
    reduction: 60.55,
    parameters: 0.27,
    parameterReduction: 68.23,
  },
  {
    paper: 'EXP',
    network: 'resnet56',
    rates: '[0.0]+[0.7]*17+[0.4]*2+[0.7]*16+[0.5]*2+[0.8]*17',
    cost: 35.19,
    unit: 'M',
    reduction: 71.95,
    parameters: 0.2,
    parameterReduction: 76.47,
  },
  {
    paper: 'EXP',
    network: 'resnet110',
    rates: '[0.0]+[0.6]*35+[0.5]*2+[0.60]*34+[0.6]*2+[0.6]*35',
    cost: 101.0,
    unit: 'M',
    reduction: 60.06,
    parameters: 0.67,
  },
  {
    paper: 'EXP',
    network: 'resnet110',
    rates: '[0.1]+[0.7]*35+[0.6]*2+[0.70]*34+[0.7]*2+[0.7]*35',
    cost: 76.02,
    unit: 'M',
    reduction: 70.0,
    parameters: 0.51,
  },
  {
    paper: 'EXP',
    network: 'vgg16-cifar',
    rates: '[0.1]*2+[0.4]*2+[0.5]*2+[0.6]*2+[0.7]*3+[0.6]*2',
    cost: 147.16,
    unit: 'M',
    reduction: 53.14,
    parameters: 5.35,
    parameterReduction: 64.28,
  },
  {
    paper: 'EXP',
    network: 'vgg16-cifar',
    rates: '[0.1]*2+[0.5]*2+[0.6]*2+[0.7]*2+[0.8]*3+[0.6]*2',
    cost: 122.88,
    unit: 'M',
    reduction: 60.83,
    parameters: 4.4,
    parameterReduction: 70.62,
  },
  {
    paper: 'EXP',
    network: 'vgg16-cifar',
    rates: '[0.3]*2+[0.6]*2+[0.7]*2+[0.8]*2+[0.9]*3+[0.6]*2',
    cost: 91.3,
    unit: 'M',
    reduction: 70.89,
    parameters: 3.45,
    parameterReduction: 76.96,
  },
  {
    paper: 'EXP',
    network: 'googlenet-cifar',
    rates: '[0.1]+[0.5]+[0.6]+[0.8]*4+[0.7]+[0.8]*2',
    cost: 0.576,
    unit: 'B',
    reduction: 62.11,
    parameters: 2.01,
    parameterReduction: 67.31,
  },
  {
    paper: 'EXP',
    network: 'googlenet-cifar',
    rates: '[0.1]+[0.6]+[0.7]+[0.9]*4+[0.8]+[0.9]*2',
    cost: 0.45,
    unit: 'B',
    reduction: 70.39,
    parameters: 1.51,
    parameterReduction: 75.44,
  },
  { paper: 'EXP', network: 'resnet50', slip: 'giga', rates: '[0.1]+[0.4]*10+[0.6]*13+[0.5]*19+[0.5]*10', reduction: 53.05 },
  { paper: 'EXP', network: 'resnet50', slip: 'giga', rates: '[0.4]+[0.7]*14+[0.6]*13+[0.5]*15+[0.5]*10', reduction: 60.0 },
  {
    paper: 'DExp (sibling of MCICP)',
    network: 'vgg16-cifar',
    rates: '[0.4]+[0.4]+[0.52]+[0.54]+[0.55]+[0.61]+[0.64]+[0.64]+[0.79]+[0.73]+[0.66]+[0.6]+[0.6]',
    reduction: 62.39,
  },
  {
    paper: 'DExp (sibling of MCICP)',
    network: 'googlenet-cifar',
    slip: 'giga',
    rates: '[0.3]+[0.6]+[0.7]+[0.9]*4+[0.8]+[0.9]*2',
    reduction: 71.05,
  },
];

/** A pruned network of which a paper prints figures but no widths: only the arithmetic of the row can be checked. Millions. */
export interface FigureRow {
  readonly paper: string;
  readonly network: string;
  readonly data: string;
  readonly setting: string;
  readonly baseline: { readonly parameters: number; readonly cost: number };
  readonly parameters?: number;
  readonly parameterReduction?: number;
  readonly cost?: number;
  readonly reduction?: number;
}

const vgg16 = { parameters: 14.73, cost: 314.59 };
const resnet56 = { parameters: 0.85, cost: 127.62 };
const resnet56for100 = { parameters: 0.86, cost: 127.09 };
const resnet110 = { parameters: 1.73, cost: 256.04 };
const googlenet = { parameters: 6.17, cost: 1533.96 };
const vgg19 = { parameters: 20.09, cost: 399.52 };
const resnet18 = { parameters: 11.69, cost: 1819.87 };
const resnet34 = { parameters: 21.8, cost: 3672.07 };
const resnet50 = { parameters: 25.56, cost: 4112.32 };

type Printed = readonly [epsilon: string, parameters: number, parameterReduction: number, cost: number, reduction: number];
const acp = (network: string, data: string, baseline: FigureRow['baseline'], rows: readonly Printed[]): FigureRow[] =>
  rows.map(([epsilon, parameters, parameterReduction, cost, reduction]) => ({
    paper: 'ACP',
    network,
    data,
    setting: `ε ${epsilon}`,
    baseline,
    parameters,
    parameterReduction,
    cost,
    reduction,
  }));

const percentagesOnly = (
  network: string,
  data: string,
  baseline: FigureRow['baseline'],
  rows: readonly (readonly [epsilon: string, parameterReduction: number, reduction: number])[],
): FigureRow[] =>
  rows.map(([epsilon, parameterReduction, reduction]) => ({
    paper: 'ICP',
    network,
    data,
    setting: `ε ${epsilon}`,
    baseline,
    parameterReduction,
    reduction,
  }));

export const figureRows: readonly FigureRow[] = [
  ...acp('VGG-16', 'CIFAR-10', vgg16, [
    ['0.010', 5.02, 65.72, 152.64, 51.48],
    ['0.020', 2.76, 81.28, 93.52, 70.25],
    ['0.035', 1.23, 91.66, 83.54, 73.44],
  ]),
  ...acp('ResNet-56', 'CIFAR-10', resnet56, [
    ['0.035', 0.59, 30.59, 78.31, 38.64],
    ['0.075', 0.35, 58.82, 58.17, 54.42],
    ['0.080', 0.3, 64.71, 53.8, 57.84],
  ]),
  ...acp('ResNet-110', 'CIFAR-10', resnet110, [
    ['0.085', 0.65, 62.43, 92.29, 63.95],
    ['0.130', 0.49, 71.68, 78.11, 69.49],
    ['0.300', 0.33, 80.92, 55.52, 78.32],
  ]),
  ...acp('GoogLeNet', 'CIFAR-10', googlenet, [
    ['0.030', 3.95, 35.98, 901.6, 41.22],
    ['0.070', 2.9, 53.0, 620.36, 59.56],
    ['0.200', 2.08, 66.29, 453.38, 70.44],
  ]),
  ...acp('VGG-19', 'CIFAR-100', vgg19, [
    ['0.005', 10.03, 50.07, 239.77, 39.99],
    ['0.010', 5.22, 74.02, 146.87, 63.24],
  ]),
  ...acp('ResNet-56', 'CIFAR-100', resnet56for100, [
    ['0.030', 0.58, 32.56, 82.21, 35.31],
    ['0.060', 0.45, 47.67, 60.73, 52.21],
  ]),
  ...acp('ResNet-110', 'CIFAR-100', resnet110, [
    ['0.040', 0.96, 44.51, 135.71, 47.0],
    ['0.070', 0.74, 57.23, 119.33, 53.39],
  ]),
  ...acp('ResNet-18', 'ILSVRC-2012', resnet18, [
    ['0.005', 5.06, 56.72, 1197.99, 34.17],
    ['0.010', 4.51, 61.42, 959.66, 47.27],
  ]),
  ...acp('ResNet-34', 'ILSVRC-2012', resnet34, [
    ['0.010', 15.38, 29.45, 2525.73, 31.22],
    ['0.030', 9.14, 58.07, 1625.64, 55.73],
  ]),
  ...acp('ResNet-50', 'ILSVRC-2012', resnet50, [
    ['0.020', 11.58, 54.69, 2186.87, 46.82],
    ['0.040', 9.11, 64.36, 1507.46, 63.34],
  ]),
  {
    paper: 'ICP',
    network: 'VGG-16',
    data: 'CIFAR-10',
    setting: 'ε 0.010',
    baseline: vgg16,
    parameters: 1.94,
    parameterReduction: 86.83,
    cost: 92.3,
    reduction: 70.66,
  },
  {
    paper: 'ICP',
    network: 'VGG-16',
    data: 'CIFAR-10',
    setting: 'ε 0.015',
    baseline: vgg16,
    parameters: 0.91,
    parameterReduction: 93.82,
    cost: 63.11,
    reduction: 79.94,
  },
  {
    paper: 'ICP',
    network: 'VGG-16',
    data: 'CIFAR-10',
    setting: 'ε 0.020',
    baseline: vgg16,
    parameters: 0.54,
    parameterReduction: 96.33,
    cost: 43.41,
    reduction: 86.2,
  },
  { paper: 'ICP', network: 'VGG-19', data: 'CIFAR-100', setting: 'ε 0.005', baseline: vgg19, cost: 213.54, reduction: 46.55 },
  { paper: 'ICP', network: 'ResNet-56', data: 'CIFAR-100', setting: 'ε 0.050', baseline: resnet56for100, cost: 55.67, reduction: 56.2 },
  ...percentagesOnly('ResNet-56', 'CIFAR-10', resnet56, [
    ['0.015', 30.59, 26.32],
    ['0.025', 62.35, 51.36],
    ['0.040', 73.57, 71.32],
  ]),
  ...percentagesOnly('ResNet-18', 'ILSVRC-2012', resnet18, [
    ['0.080', 55.35, 37.65],
    ['0.120', 65.78, 51.38],
  ]),
  {
    paper: 'MCICP',
    network: 'ResNet-50',
    data: 'ILSVRC-2012',
    setting: 'headline',
    baseline: { parameters: 25.56, cost: 4089.19 },
    reduction: 58.43,
  },
  {
    paper: 'APSSF',
    network: 'VGG-16',
    data: 'CIFAR-100',
    setting: 'headline',
    baseline: { parameters: 14.77, cost: 313.25 },
    parameterReduction: 91.71,
  },
];
