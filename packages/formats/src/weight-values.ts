import { badArtifact } from './faults.ts';

/** Bytes of one value, of every type of number that may become float32 without a loss. */
export const bytesOfType: Readonly<Record<string, number>> = { float32: 4, float16: 2, bfloat16: 2, float64: 8 };

/**
 * Little-endian values of `type` as float32, each exactly the same number. The bytes become the array's own where they fit. Throws
 * BAD_ARTIFACT, naming the weight, for whole numbers and other types, and for float64 numbers that float32 does not have.
 */
export function toFloat32(weight: string, type: string, bytes: Uint8Array): Float32Array {
  switch (type) {
    case 'float32':
      return new Float32Array(aligned(bytes, 4));
    case 'float16':
      return Float32Array.from(new Uint16Array(aligned(bytes, 2)), halfValue);
    case 'bfloat16':
      return new Float32Array(Uint32Array.from(new Uint16Array(aligned(bytes, 2)), (upper) => upper << 16).buffer);
    case 'float64':
      return narrowed(weight, new Float64Array(aligned(bytes, 8)));
    default:
      throw badArtifact(`weight ${weight} is ${type}, not float32`, ['weights', weight], 'Export the network with plain float32 weights.');
  }
}

function narrowed(weight: string, values: Float64Array): Float32Array {
  const result = Float32Array.from(values);
  const place = values.findIndex((value, index) => value !== result[index] && !Number.isNaN(value));
  if (place === -1) return result;
  throw badArtifact(
    `weight ${weight} is float64, and its value ${values[place]} at place ${place} is no float32`,
    ['weights', weight],
    'Export the network with float32 weights, rounded as you want them.',
  );
}

/** Sign, five bits of exponent (15 stands for 0), ten of fraction (IEEE 754 binary16). */
function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The bytes in a buffer of their own that begins with them, copied only where they have none. (`slice` would not copy those of a file: of a `Buffer` it is a view.) */
const aligned = (bytes: Uint8Array, size: number): ArrayBuffer =>
  bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength && bytes.byteLength % size === 0
    ? (bytes.buffer as ArrayBuffer)
    : new Uint8Array(bytes).buffer;
