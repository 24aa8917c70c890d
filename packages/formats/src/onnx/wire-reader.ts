import { EspalierError } from '@espalier/core';

/** How a protobuf field is laid out: what follows its tag. */
export type WireType = 0 | 1 | 2 | 5;
const varintWire = 0;
const fixed64Wire = 1;
const lengthWire = 2;
const fixed32Wire = 5;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads protobuf's wire format (protobuf.dev/programming-guides/encoding) from a range of `bytes`. Byte fields are views of the file, not
 * copies: a network's weights are most of it. Everything malformed is BAD_ARTIFACT with the offset at which it shows.
 */
export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  #position: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = start;
    this.#end = end;
  }

  /** Calls, field after field, the reader of its number; fields without one are passed over. */
  fields(readers: Readonly<Record<number, (wire: WireType) => void>>): void {
    while (this.#position < this.#end) {
      const [low, high] = this.#varint();
      const wire = low & 7;
      const number = low >>> 3;
      if (high !== 0 || number === 0) throw this.#malformed('a field has no valid number');
      if (wire !== varintWire && wire !== fixed64Wire && wire !== lengthWire && wire !== fixed32Wire)
        throw this.#malformed(`field ${number} has the layout ${wire}, which ONNX does not use`);
      const read = readers[number];
      if (read === undefined) this.#skip(wire);
      else read(wire);
    }
  }

  /** A signed integer of up to 64 bits as the nearest number. */
  integer(wire: WireType): number {
    this.#expect(wire, varintWire);
    const [low, high] = this.#varint();
    return (high | 0) * 2 ** 32 + low;
  }

  float(wire: WireType): number {
    this.#expect(wire, fixed32Wire);
    return this.#view.getFloat32(this.#take(4), true);
  }

  /** A view of the field's bytes. */
  bytes(wire: WireType): Uint8Array {
    this.#expect(wire, lengthWire);
    const length = this.#length();
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  text(wire: WireType): string {
    const bytes = this.bytes(wire);
    try {
      return utf8.decode(bytes);
    } catch {
      throw this.#malformed('a text is not UTF-8');
    }
  }

  /** Attributes that are texts are bytes to protobuf; each becomes one character, whatever it is. */
  latin(wire: WireType): string {
    return new TextDecoder('latin1').decode(this.bytes(wire));
  }

  message(wire: WireType): WireReader {
    this.#expect(wire, lengthWire);
    const length = this.#length();
    const start = this.#take(length);
    return new WireReader(this.#bytes, start, start + length);
  }

  /** Adds the integers of one field, which may be packed, to `into`. */
  integers(wire: WireType, into: number[]): void {
    this.#repeated(wire, varintWire, (reader) => into.push(reader.integer(varintWire)));
  }

  floats(wire: WireType, into: number[]): void {
    this.#repeated(wire, fixed32Wire, (reader) => into.push(reader.float(fixed32Wire)));
  }

  /** Adds 64-bit integers, exactly, to `into`. */
  bigIntegers(wire: WireType, into: bigint[]): void {
    this.#repeated(wire, varintWire, (reader) => {
      const [low, high] = reader.#varint();
      into.push(BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low)));
    });
  }

  /** Values of a fixed size as their bytes: all of a packed field, or those of a single value. */
  fixedBytes(wire: WireType, size: 4 | 8): Uint8Array {
    if (wire === lengthWire) return this.bytes(wire);
    this.#expect(wire, size === 4 ? fixed32Wire : fixed64Wire);
    const start = this.#take(size);
    return this.#bytes.subarray(start, start + size);
  }

  #repeated(wire: WireType, single: WireType, read: (reader: WireReader) => void): void {
    if (wire === single) return read(this);
    const packed = this.message(wire);
    while (packed.#position < packed.#end) read(packed);
  }

  #skip(wire: WireType): void {
    if (wire === varintWire) this.#varint();
    else this.#take(wire === lengthWire ? this.#length() : wire === fixed64Wire ? 8 : 4);
  }

  #length(): number {
    const [low, high] = this.#varint();
    if (high !== 0) throw this.#malformed('a length is beyond all measure');
    return low;
  }

  /** The low and high halves of a varint. Numbers of 64 bits do not fit into one of JavaScript's. */
  #varint(): [low: number, high: number] {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#bytes[this.#take(1)]!;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) return [low >>> 0, high >>> 0];
    }
    throw this.#malformed('a number takes more than ten bytes');
  }

  #take(length: number): number {
    const start = this.#position;
    if (length > this.#end - start) throw this.#malformed(`${length} bytes should follow, but only ${this.#end - start} do`);
    this.#position = start + length;
    return start;
  }

  #expect(wire: WireType, expected: WireType): void {
    if (wire !== expected) throw this.#malformed(`a field has the layout ${wire} instead of ${expected}`);
  }

  #malformed(message: string): EspalierError {
    return new EspalierError('BAD_ARTIFACT', `the ONNX file is malformed at byte ${this.#position}: ${message}`, {
      hint: 'It is damaged, cut off, or no ONNX file; export it again.',
      path: ['onnx', this.#position],
    });
  }
}
