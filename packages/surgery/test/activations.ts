import type { Tensor } from './tensor.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const sixth = (x: number): number => Math.min(Math.max(x + 3, 0), 6) / 6;

/** erf by its Taylor series, which for |x| ≤ 4 loses at most eight of sixteen digits; beyond that it is ±1 to seven digits. */
function errorFunction(x: number): number {
  if (Math.abs(x) > 4) return Math.sign(x);
  let sum = 0;
  for (let n = 0, power = x; n < 100; n++, power *= (-x * x) / n) sum += power / (2 * n + 1);
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const functions: Readonly<Record<string, (x: number) => number>> = {
  linear: (x) => x,
  relu: (x) => Math.max(x, 0),
  relu6: (x) => Math.min(Math.max(x, 0), 6),
  tanh: Math.tanh,
  elu: (x) => (x < 0 ? Math.expm1(x) : x),
  // Klambauer et al. 2017, eq. 14.
  selu: (x) => 1.0507009873554805 * (x < 0 ? 1.6732632423543772 * Math.expm1(x) : x),
  sigmoid,
  swish: (x) => x * sigmoid(x),
  silu: (x) => x * sigmoid(x),
  mish: (x) => x * Math.tanh(Math.log1p(Math.exp(x))),
  gelu: (x) => 0.5 * x * (1 + errorFunction(x / Math.SQRT2)),
  gelu_new: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  softsign: (x) => x / (1 + Math.abs(x)),
  softplus: (x) => Math.log1p(Math.exp(x)),
  hard_sigmoid: (x) => Math.min(Math.max(0.2 * x + 0.5, 0), 1),
  hard_sigmoid_sixth: sixth,
  hard_swish: (x) => x * sixth(x),
};

export function activate(name: string, input: Tensor): Tensor {
  if (name === 'softmax') return softmax(input);
  const apply = functions[name];
  if (apply === undefined) throw new RangeError(`the reference evaluator has no activation ${name}`);
  return { ...input, values: input.values.map(apply) };
}

function softmax(input: Tensor): Tensor {
  const classes = input.shape.at(-1)!;
  const values = Float64Array.from(input.values);
  for (let start = 0; start < values.length; start += classes) {
    const row = values.subarray(start, start + classes);
    const peak = Math.max(...row);
    const total = row.reduce((sum, x) => sum + Math.exp(x - peak), 0);
    row.set(row.map((x) => Math.exp(x - peak) / total));
  }
  return { ...input, values };
}
