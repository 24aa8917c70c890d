import { flattened } from '../arrange.ts';
import type { OperatorCall } from '../call.ts';
import { transposed } from '../constant.ts';
import type { TensorValue } from '../value.ts';
import { type Atom, type Axis, isAscending, placesOf, type View } from '../view.ts';
import { arranged } from '../arrange.ts';
import type { DraftWeight } from '../writer.ts';

/** Gemm: α·A·B + β·C with a weight matrix B → Dense. */
export function gemm(call: OperatorCall): TensorValue {
  if (call.integer('transA', 0) !== 0) throw call.unsupported('transposes its first operand (transA)', 'Give the batch as the first axis.');
  const alpha = call.float('alpha', 1);
  const beta = call.float('beta', 1);
  const kernel = matrixOf(call, call.integer('transB', 0) === 1);
  const units = kernel.shape[1]!;
  if (alpha !== 1) kernel.values.forEach((value, index) => (kernel.values[index] = value * alpha));
  if (!call.has(2)) return dense(call, kernel, null);
  const { values, shape } = call.weights(2);
  if (values.length !== 1 && (values.length !== units || shape.at(-1) !== units))
    throw call.unsupported(`adds a matrix of shape [${shape.join(', ')}]`, 'Add one bias a unit.');
  return dense(
    call,
    kernel,
    Float32Array.from({ length: units }, (_, unit) => beta * (values.length === 1 ? values[0]! : values[unit]!)),
  );
}

/** MatMul with a weight matrix → Dense over the last axis. A bias that is added behind is folded in there. */
export function matrixProduct(call: OperatorCall): TensorValue {
  if (call.value(0).kind === 'constant' || call.value(1).kind !== 'constant')
    throw call.unsupported(
      'is no product of a tensor with a weight matrix',
      'Attention and the like cannot be read; only dense layers can.',
    );
  return dense(call, matrixOf(call, false), null);
}

/** The weight matrix [in, units], a copy. */
function matrixOf(call: OperatorCall, transpose: boolean): { shape: readonly number[]; values: Float32Array } {
  const { values, shape } = call.weights(1);
  if (shape.length !== 2 || values.length === 0)
    throw call.unsupported(`its weights have the shape [${shape.join(', ')}]`, 'Use a weight matrix of two axes.');
  return transpose ? { shape: [shape[1]!, shape[0]!], values: transposed(values, shape, [1, 0]) } : { shape, values: values.slice() };
}

function dense(call: OperatorCall, kernel: { shape: readonly number[]; values: Float32Array }, bias: Float32Array | null): TensorValue {
  const { view } = call.tensor(0);
  const axis = view.axes.at(-1);
  const [inputs, units] = kernel.shape as readonly [number, number];
  if (axis === undefined) throw call.bad('multiplies a tensor without an axis besides the batch');
  const source = readable(call, view, axis);
  const channels = source.places.at(-1)!;
  const rows = placesOf(source.axes.at(-1)!, channels);
  if (rows.length !== inputs) throw call.bad(`its weight matrix takes ${inputs} numbers, but reads ${rows.length}`);
  const weights: DraftWeight[] = [
    { role: 'kernel', shape: [inputs, units], values: isAscending(rows) ? kernel.values : rowsMoved(kernel.values, rows, units) },
    ...(bias === null ? [] : [{ role: 'bias', shape: [units], values: bias }]),
  ];
  const shape = [...source.places.slice(0, -1).map(sizeOfAxis), units];
  const layer = call.add('Dense', [source.layer], shape, { units, use_bias: bias !== null, activation: 'linear' }, weights);
  const made: Axis = units === 1 ? [] : [{ size: units }];
  return call.made({ layer, places: [...source.places.slice(0, -1), made], axes: [...source.axes.slice(0, -1), made] });
}

const sizeOfAxis = (axis: Axis): number => axis.reduce((product, { size }) => product * size, 1);

/** `view` with the axis that is multiplied as the last one of the layer's output, in whichever order: the rows of the kernel follow it. */
function readable(call: OperatorCall, view: View, axis: Axis): View {
  if (view.axes.length === 1) return flattened(call.writer, call.wish, view);
  const members: ReadonlySet<Atom> = new Set(axis);
  const last = view.places.at(-1)!;
  if (last.length === axis.length && last.every((atom) => members.has(atom))) return view;
  return arranged(call.writer, call.wish, view, view.axes);
}

/** Row f of the kernel goes where number f lies. */
function rowsMoved(values: Float32Array, rows: Int32Array, units: number): Float32Array {
  const moved = new Float32Array(values.length);
  rows.forEach((place, row) => moved.set(values.subarray(row * units, (row + 1) * units), place * units));
  return moved;
}
