import { EspalierError } from '@espalier/core';

/**
 * The IDX layout of LeCun's MNIST page: two zero bytes, one byte for the element type, one for the rank, one big-endian 32-bit size per
 * axis, then the elements in row-major order. Pictures and labels are unsigned bytes, the only element type taken here.
 */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

const unsignedByte = 0x08;
const largestRank = 4;

/** @throws EspalierError `BAD_DATASET`, naming `file` and what is wrong with it. */
export function decodeIdx(bytes: Uint8Array, file: string): IdxArray {
  const refuse = (what: string, hint = 'Fetch or write the file again.') => new EspalierError('BAD_DATASET', `${file} ${what}`, { hint });
  if (bytes.length < 4) throw refuse(`is not an IDX file: it has ${bytes.length} bytes, fewer than the four that begin one`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(0) !== 0) throw refuse('is not an IDX file: it does not begin with two zero bytes');
  const type = view.getUint8(2);
  const rank = view.getUint8(3);
  if (type !== unsignedByte)
    throw refuse(`holds elements of IDX type 0x${type.toString(16).padStart(2, '0')}`, 'Write it as unsigned bytes (type 0x08).');
  if (rank < 1 || rank > largestRank) throw refuse(`has ${rank} axes; pictures and labels have one to ${largestRank}`);
  const headerBytes = 4 + 4 * rank;
  if (bytes.length < headerBytes) throw refuse(`is truncated: its header needs ${headerBytes} bytes, but there are ${bytes.length}`);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const expectedBytes = shape.reduce((product, size) => product * size, 1);
  const foundBytes = bytes.length - headerBytes;
  if (foundBytes !== expectedBytes) {
    const state = foundBytes < expectedBytes ? 'is truncated' : 'is longer than its header says';
    throw refuse(`${state}: ${shape.join(' × ')} elements take ${expectedBytes} bytes, but ${foundBytes} follow the header`);
  }
  return { shape, values: bytes.subarray(headerBytes) };
}

export function encodeIdx({ shape, values }: IdxArray): Uint8Array {
  const count = shape.reduce((product, size) => product * size, 1);
  if (values.length !== count) throw new RangeError(`shape ${shape.join(' × ')} holds ${count} elements, but got ${values.length}`);
  const bytes = new Uint8Array(4 + 4 * shape.length + count);
  bytes[2] = unsignedByte;
  bytes[3] = shape.length;
  const view = new DataView(bytes.buffer);
  shape.forEach((size, axis) => view.setUint32(4 + 4 * axis, size));
  bytes.set(values, 4 + 4 * shape.length);
  return bytes;
}
