/** Bytes that are made where they are written, so that no transposed kernel is ever held beside the file. */
export interface DeferredBytes {
  readonly byteLength: number;
  /** Fills all of `into`, which has `byteLength` bytes at any offset. */
  readonly write: (into: Uint8Array) => void;
}
type Part = Uint8Array | DeferredBytes;

const utf8 = new TextEncoder();

/**
 * A protobuf message in the making. Fields are written in the order of the calls, and the defaults of proto3 are not left out: the same calls
 * give the same bytes.
 */
export class WireWriter {
  readonly #parts: Part[] = [];
  #length = 0;

  get byteLength(): number {
    return this.#length;
  }

  integer(field: number, value: number | bigint): this {
    return this.#add(varint(field * 8)).#add(varint(value));
  }

  float(field: number, value: number): this {
    return this.#add(varint(field * 8 + 5)).#add(new Uint8Array(Float32Array.of(value).buffer));
  }

  bytes(field: number, value: Part): this {
    return this.#add(varint(field * 8 + 2))
      .#add(varint(value.byteLength))
      .#add(value);
  }

  text(field: number, value: string): this {
    return this.bytes(field, utf8.encode(value));
  }

  message(field: number, value: WireWriter): this {
    this.#add(varint(field * 8 + 2)).#add(varint(value.#length));
    for (const part of value.#parts) this.#add(part);
    return this;
  }

  finish(): Uint8Array {
    const bytes = new Uint8Array(this.#length);
    let position = 0;
    for (const part of this.#parts) {
      if (part instanceof Uint8Array) bytes.set(part, position);
      else part.write(bytes.subarray(position, position + part.byteLength));
      position += part.byteLength;
    }
    return bytes;
  }

  #add(part: Part): this {
    this.#parts.push(part);
    this.#length += part.byteLength;
    return this;
  }
}

/** Seven bits a byte, the lowest first; negative numbers as their 64-bit complement. */
function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
