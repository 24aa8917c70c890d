import { badArtifact } from '../faults.ts';
import { elementBytes, type OnnxTensor, onnxType, typeName } from './model.ts';

type ReadElement = (view: DataView, at: number) => number;

const readers: Readonly<Record<number, ReadElement | undefined>> = {
  [onnxType.float]: (view, at) => view.getFloat32(at, true),
  [onnxType.double]: (view, at) => view.getFloat64(at, true),
  [onnxType.float16]: (view, at) => halfToNumber(view.getUint16(at, true)),
  [onnxType.bfloat16]: (view, at) => bfloatToNumber(view.getUint16(at, true)),
  [onnxType.uint8]: (view, at) => view.getUint8(at),
  [onnxType.bool]: (view, at) => view.getUint8(at),
  [onnxType.int8]: (view, at) => view.getInt8(at),
  [onnxType.uint16]: (view, at) => view.getUint16(at, true),
  [onnxType.int16]: (view, at) => view.getInt16(at, true),
  [onnxType.uint32]: (view, at) => view.getUint32(at, true),
  [onnxType.int32]: (view, at) => view.getInt32(at, true),
  [onnxType.uint64]: (view, at) => Number(view.getBigUint64(at, true)),
  [onnxType.int64]: (view, at) => Number(view.getBigInt64(at, true)),
};

/** The values of a tensor as numbers, rounded to float32; a copy. Throws BAD_ARTIFACT, naming it, for texts and complex numbers. */
export function tensorFloats(tensor: OnnxTensor): Float32Array {
  if (tensor.type === onnxType.float) {
    const copy = new Uint8Array(tensor.raw.length);
    copy.set(tensor.raw);
    return new Float32Array(copy.buffer);
  }
  return readInto(tensor, (count) => new Float32Array(count));
}

/** The values of a tensor as numbers, in which 64-bit integers beyond ±2⁵³ are the nearest ones. Throws as `tensorFloats` does. */
export const tensorNumbers = (tensor: OnnxTensor): number[] => [...readInto(tensor, (count) => new Float64Array(count))];

function readInto<Values extends Float32Array | Float64Array>(tensor: OnnxTensor, make: (count: number) => Values): Values {
  const read = readers[tensor.type];
  const size = elementBytes[tensor.type];
  if (read === undefined || size === undefined)
    throw badArtifact(
      `ONNX tensor ${tensor.name} holds ${typeName(tensor.type)}`,
      ['onnx', tensor.name],
      'Export the network with float32 weights.',
    );
  const view = new DataView(tensor.raw.buffer, tensor.raw.byteOffset, tensor.raw.byteLength);
  const values = make(tensor.raw.length / size);
  for (let index = 0; index < values.length; index++) values[index] = read(view, index * size);
  return values;
}

/** IEEE 754 binary16: 1 sign bit, 5 of exponent with a bias of 15, 10 of fraction. */
function halfToNumber(bits: number): number {
  const sign = bits >>> 15 === 1 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const scratch = new DataView(new ArrayBuffer(4));

/** The upper half of a float32. */
function bfloatToNumber(bits: number): number {
  scratch.setUint32(0, bits * 2 ** 16);
  return scratch.getFloat32(0);
}
