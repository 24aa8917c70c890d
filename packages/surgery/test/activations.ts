import type { Tensor } from './tensor.ts';

const functions: Readonly<Record<string, (x: number) => number>> = {
  linear: (x) => x,
  relu: (x) => Math.max(x, 0),
  relu6: (x) => Math.min(Math.max(x, 0), 6),
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
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
