import { onnxType, type OnnxTensor, tensorFloats, tensorNumbers, typeName } from '../proto.ts';
import { unsupportedValue } from './faults.ts';

/** A tensor whose values are known while importing: a weight, or a piece of shape arithmetic. Row-major. */
export interface Constant {
  readonly kind: 'constant';
  /** Name of the ONNX tensor, for messages. */
  readonly name: string;
  readonly type: 'float' | 'integer' | 'boolean';
  readonly shape: readonly number[];
  /** Floats are rounded to float32; 64-bit integers beyond ±2⁵³ to the nearest number. */
  readonly values: Float32Array | Float64Array;
}

const floatTypes: ReadonlySet<number> = new Set([onnxType.float, onnxType.float16, onnxType.bfloat16, onnxType.double]);
const integerTypes: ReadonlySet<number> = new Set([
  onnxType.int64,
  onnxType.int32,
  onnxType.int16,
  onnxType.int8,
  onnxType.uint8,
  onnxType.uint16,
  onnxType.uint32,
  onnxType.uint64,
]);

/** What a number of an element type is here, or null for texts, complex numbers and the packed types of quantised networks. */
export function constantType(type: number): Constant['type'] | null {
  if (floatTypes.has(type)) return 'float';
  if (integerTypes.has(type)) return 'integer';
  return type === onnxType.bool ? 'boolean' : null;
}

/** Reads a tensor of the file. `warn` hears of weights that are not float32 in the file: they are converted. */
export function readConstant(tensor: OnnxTensor, name: string, warn: (text: string) => void): Constant {
  const type = constantType(tensor.type);
  if (type === null)
    throw unsupportedValue(name, `holds ${typeName(tensor.type)}`, 'Export the network with float32 weights, without quantisation.');
  if (type === 'float' && tensor.type !== onnxType.float)
    warn(
      tensor.type === onnxType.double
        ? `${name} is stored in double precision and was rounded to float32`
        : `${name} is stored as ${typeName(tensor.type)}; its values are kept exactly, but computed with in float32`,
    );
  const values = type === 'float' ? tensorFloats({ ...tensor, name }) : Float64Array.from(tensorNumbers({ ...tensor, name }));
  return { kind: 'constant', name, type, shape: tensor.shape, values };
}

export const elementCountOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** Row-major strides of a shape. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** The values with their axes in the order `axes`: axis k of the result is axis `axes[k]` of what is given. */
export function transposed<Values extends Float32Array | Float64Array>(
  values: Values,
  shape: readonly number[],
  axes: readonly number[],
): Values {
  const result = values.slice() as Values;
  const strides = stridesOf(shape);
  const sizes = axes.map((axis) => shape[axis]!);
  const steps = axes.map((axis) => strides[axis]!);
  const last = sizes.length - 1;
  let place = 0;
  const walk = (axis: number, start: number): void => {
    const size = sizes[axis]!;
    const step = steps[axis]!;
    if (axis === last) for (let index = 0, from = start; index < size; index++, from += step) result[place++] = values[from]!;
    else for (let index = 0, from = start; index < size; index++, from += step) walk(axis + 1, from);
  };
  if (last >= 0 && values.length > 0) walk(0, 0);
  return result;
}
