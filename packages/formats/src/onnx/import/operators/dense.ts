import { arranged, flattened } from '../arrange.ts';
import type { OperatorCall } from '../call.ts';
import type { TensorValue } from '../value.ts';
import { type Atom, type Axis, placesOf, sizeOf, type View } from '../view.ts';
import type { DraftWeight } from '../writer.ts';

/** A weight matrix as the file has it, and what is to be done with it. */
interface Matrix {
  readonly inputs: number;
  readonly units: number;
  readonly values: Float32Array;
  /** Whether the file has it as [units, in], as PyTorch does. */
  readonly isTransposed: boolean;
  readonly factor: number;
}

/** Gemm: α·A·B + β·C with a weight matrix B → Dense. */
export function gemm(call: OperatorCall): TensorValue {
  if (call.integer('transA', 0) !== 0) throw call.unsupported('transposes its first operand (transA)', 'Give the batch as the first axis.');
  const matrix = matrixOf(call, call.integer('transB', 0) === 1, call.float('alpha', 1));
  const beta = call.float('beta', 1);
  const { units } = matrix;
  if (!call.has(2)) return dense(call, matrix, null);
  const { values, shape } = call.weights(2);
  if (values.length !== 1 && (values.length !== units || shape.at(-1) !== units))
    throw call.unsupported(`adds a matrix of shape [${shape.join(', ')}]`, 'Add one bias a unit.');
  const biasOf = (unit: number): number => beta * (values.length === 1 ? values[0]! : values[unit]!);
  return dense(
    call,
    matrix,
    Float32Array.from({ length: units }, (_, unit) => biasOf(unit)),
  );
}

/** MatMul with a weight matrix → Dense over the last axis. A bias that is added behind is folded in there. */
export function matrixProduct(call: OperatorCall): TensorValue {
  if (call.value(0).kind === 'constant' || call.value(1).kind !== 'constant')
    throw call.unsupported(
      'is no product of a tensor with a weight matrix',
      'Attention and the like cannot be read; only dense layers can.',
    );
  return dense(call, matrixOf(call, false, 1), null);
}

function matrixOf(call: OperatorCall, isTransposed: boolean, factor: number): Matrix {
  const { values, shape } = call.kernel(1);
  const [rows, columns] = shape;
  if (shape.length !== 2 || rows === undefined || columns === undefined || values.length === 0)
    throw call.unsupported(`its weights have the shape [${shape.join(', ')}]`, 'Use a weight matrix of two axes.');
  return { values, isTransposed, factor, inputs: isTransposed ? columns : rows, units: isTransposed ? rows : columns };
}

function dense(call: OperatorCall, matrix: Matrix, bias: Float32Array | null): TensorValue {
  const { view } = call.tensor(0);
  const { inputs, units } = matrix;
  const axis = view.axes.at(-1);
  if (axis === undefined) throw call.bad('multiplies a tensor without an axis besides the batch');
  const source = readable(call, view, axis);
  const rows = placesOf(source.axes.at(-1)!, source.places.at(-1)!);
  if (rows.length !== inputs) throw call.bad(`its weight matrix takes ${inputs} numbers, but reads ${rows.length}`);
  const weights: DraftWeight[] = [
    { role: 'kernel', shape: [inputs, units], values: kernelOf(matrix, rows) },
    ...(bias === null ? [] : [{ role: 'bias', shape: [units], values: bias }]),
  ];
  const shape = [...source.places.slice(0, -1).map(sizeOf), units];
  const layer = call.add('Dense', [source.layer], shape, { units, use_bias: bias !== null, activation: 'linear' }, weights);
  const made: Axis = units === 1 ? [] : [{ size: units }];
  return call.made({ layer, places: [...source.places.slice(0, -1), made], axes: [...source.axes.slice(0, -1), made] });
}

/** `view` with the axis that is multiplied as the last one of the layer's output, in whichever order: the rows of the kernel follow it. */
function readable(call: OperatorCall, view: View, axis: Axis): View {
  if (view.axes.length === 1) return flattened(call.writer, call.wish, view);
  const members: ReadonlySet<Atom> = new Set(axis);
  const last = view.places.at(-1)!;
  if (last.length === axis.length && last.every((atom) => members.has(atom))) return view;
  return arranged(call.writer, call.wish, view, view.axes);
}

/** Rows that are turned at a time: as many lines of the kernel as stay in a processor's cache while every unit is gone through. */
const rowsAtATime = 32;

/** The kernel [in, units] whose row for number f stands where that number lies: at `rows[f]`. In one pass, for it may be most of a network. */
function kernelOf({ values, inputs, units, isTransposed, factor }: Matrix, rows: Int32Array): Float32Array {
  const kernel = new Float32Array(values.length);
  if (!isTransposed) for (let row = 0; row < inputs; row++) kernel.set(values.subarray(row * units, (row + 1) * units), rows[row]! * units);
  else
    for (let first = 0; first < inputs; first += rowsAtATime) {
      const end = Math.min(first + rowsAtATime, inputs);
      for (let unit = 0; unit < units; unit++)
        for (let row = first; row < end; row++) kernel[rows[row]! * units + unit] = values[unit * inputs + row]!;
    }
  if (factor !== 1) for (let index = 0; index < kernel.length; index++) kernel[index]! *= factor;
  return kernel;
}
