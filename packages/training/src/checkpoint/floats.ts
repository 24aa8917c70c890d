import { endianness } from 'node:os';

/** The bytes of 32-bit floats, little-endian; where the machine is so too, the array's own memory. */
export function littleEndianBytes(values: Float32Array): Uint8Array {
  if (endianness() === 'LE') return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return Buffer.from(values.slice().buffer).swap32();
}

/** @throws RangeError for more floats than the body has. */
export function floatsAt(body: Buffer, offset: number, length: number): Float32Array {
  if (offset + 4 * length > body.length) throw new RangeError('its variables are longer than the file');
  const bytes = Buffer.from(new Uint8Array(body.subarray(offset, offset + 4 * length)));
  if (endianness() !== 'LE') bytes.swap32();
  return new Float32Array(bytes.buffer, bytes.byteOffset, length);
}
