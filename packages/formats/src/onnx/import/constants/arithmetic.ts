import { type Constant, stridesOf } from '../constant.ts';
import type { ConstantCall } from './context.ts';

/** The shape that both stretch to. */
function broadcast(call: ConstantCall, shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    const size = sizes.find((candidate) => candidate !== 1) ?? 1;
    if (sizes.some((other) => other !== size && other !== 1))
      throw call.bad(`its constants [${shapes.join('] and [')}] do not fit together`);
    return size;
  });
}

/** For each place of `shape` the place of a constant that is stretched to it. */
function stretched(constant: Constant, shape: readonly number[]): (index: number) => number {
  if (constant.values.length === 1) return () => constant.values[0]!;
  const rank = shape.length;
  const own = stridesOf(constant.shape);
  const steps = shape.map((_, axis) => {
    const from = axis - rank + constant.shape.length;
    return from < 0 || constant.shape[from] === 1 ? 0 : own[from]!;
  });
  const strides = stridesOf(shape);
  return (index) => {
    let place = 0;
    for (let axis = 0; axis < rank; axis++) place += (Math.floor(index / strides[axis]!) % shape[axis]!) * steps[axis]!;
    return constant.values[place]!;
  };
}

type Binary = (a: number, b: number, integer: boolean) => number;

const combine = (call: ConstantCall, compute: Binary, type?: Constant['type']): Constant => {
  const [a, b] = [call.operand(0), call.operand(1)];
  const shape = broadcast(call, [a.shape, b.shape]);
  const [left, right] = [stretched(a, shape), stretched(b, shape)];
  const integer = a.type !== 'float';
  return call.make(type ?? a.type, shape, (index) => compute(left(index), right(index), integer));
};

const arithmetic: Readonly<Record<string, Binary>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  // Whole numbers divide towards zero, as in C.
  Div: (a, b, integer) => (integer ? Math.trunc(a / b) : a / b),
  Pow: (a, b) => a ** b,
  Max: (a, b) => Math.max(a, b),
  Min: (a, b) => Math.min(a, b),
};
const comparisons: Readonly<Record<string, Binary>> = {
  Equal: (a, b) => Number(a === b),
  Less: (a, b) => Number(a < b),
  LessOrEqual: (a, b) => Number(a <= b),
  Greater: (a, b) => Number(a > b),
  GreaterOrEqual: (a, b) => Number(a >= b),
  And: (a, b) => a && b,
  Or: (a, b) => a || b,
};
const functions: Readonly<Record<string, (x: number) => number>> = {
  Neg: (x) => -x,
  Abs: Math.abs,
  Sqrt: Math.sqrt,
  Reciprocal: (x) => 1 / x,
  Floor: Math.floor,
  Ceil: Math.ceil,
  Exp: Math.exp,
};

type Evaluate = (call: ConstantCall) => Constant;

/** With the sign of the divisor, or of the dividend where `fmod` is set. */
const modulo: Evaluate = (call) => {
  const towardsZero = call.integer('fmod', 0) === 1;
  return combine(call, (a, b) => (towardsZero ? a % b : ((a % b) + b) % b));
};

const where: Evaluate = (call) => {
  const [condition, a, b] = [call.operand(0), call.operand(1), call.operand(2)];
  const shape = broadcast(call, [condition.shape, a.shape, b.shape]);
  const [test, left, right] = [stretched(condition, shape), stretched(a, shape), stretched(b, shape)];
  return call.make(a.type, shape, (index) => (test(index) === 0 ? right(index) : left(index)));
};

const expand: Evaluate = (call) => {
  const source = call.operand(0);
  const shape = broadcast(call, [source.shape, [...call.operand(1).values]]);
  return call.make(source.type, shape, stretched(source, shape));
};

/** Over all axes: what shape arithmetic asks for. */
const reduceWhole =
  (start: number, step: (total: number, value: number) => number): Evaluate =>
  (call) => {
    const { values, type, shape } = call.operand(0);
    const axes = (call.integersAt(1, 'axes') ?? []).map((axis) => call.axis(axis, shape.length));
    if (axes.length !== 0 && axes.length !== shape.length)
      throw call.unsupported('reduces a constant along one axis', 'Fold constants before exporting.');
    let total = start;
    for (const value of values) total = step(total, value);
    return call.make(type, call.integer('keepdims', 1) === 1 ? shape.map(() => 1) : [], () => total);
  };

export const arithmeticEvaluations: Readonly<Record<string, Evaluate>> = {
  ...Object.fromEntries(Object.entries(arithmetic).map(([name, compute]): [string, Evaluate] => [name, (call) => combine(call, compute)])),
  ...Object.fromEntries(
    Object.entries(comparisons).map(([name, compute]): [string, Evaluate] => [name, (call) => combine(call, compute, 'boolean')]),
  ),
  ...Object.fromEntries(
    Object.entries(functions).map(([name, compute]): [string, Evaluate] => [
      name,
      (call) => {
        const { type, shape, values } = call.operand(0);
        return call.make(type, shape, (index) => compute(values[index]!));
      },
    ]),
  ),
  Not: (call) => {
    const { shape, values } = call.operand(0);
    return call.make('boolean', shape, (index) => Number(values[index] === 0));
  },
  Mod: modulo,
  Where: where,
  Expand: expand,
  ReduceProd: reduceWhole(1, (total, value) => total * value),
  ReduceSum: reduceWhole(0, (total, value) => total + value),
  ReduceMax: reduceWhole(-Infinity, Math.max),
  ReduceMin: reduceWhole(Infinity, Math.min),
};
