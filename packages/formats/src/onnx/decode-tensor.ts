import { badArtifact } from '../faults.ts';
import { elementBytes, type OnnxTensor, onnxType, typeName } from './model.ts';
import type { WireReader, WireType } from './wire-reader.ts';

/** data_location of a tensor whose values are in another file. */
const EXTERNAL = 1;

const mend = 'Export the network again.';

/** Bytes that come in pieces; a single piece stays the view that it is. */
class GatheredBytes {
  #bytes = new Uint8Array(0);
  #length = 0;

  add(piece: Uint8Array): void {
    if (this.#length === 0) this.#bytes = piece as Uint8Array<ArrayBuffer>;
    else {
      if (this.#length + piece.length > this.#bytes.length || this.#length === this.#bytes.length) this.#grow(piece.length);
      this.#bytes.set(piece, this.#length);
    }
    this.#length += piece.length;
  }

  /** Never writes into a view of the file: the first piece fills its array, so that whatever follows makes it grow into one of its own. */
  #grow(more: number): void {
    const larger = new Uint8Array(Math.max(64, 2 * (this.#length + more)));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }

  get value(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

/** Reads a TensorProto; values in typed fields come out as the bytes that `raw_data` would hold. */
export function decodeTensor(reader: WireReader): OnnxTensor {
  const shape: number[] = [];
  const integers: bigint[] = [];
  const bytes = new GatheredBytes();
  let name = '';
  let type = 0;
  let location = 0;
  let file: string | undefined;
  let segmented = false;
  const fixed = (size: 4 | 8) => (wire: WireType) => bytes.add(reader.fixedBytes(wire, size));
  const varints = (wire: WireType) => reader.bigIntegers(wire, integers);
  reader.fields({
    1: (wire) => reader.integers(wire, shape),
    2: (wire) => (type = reader.integer(wire)),
    3: (wire) => {
      reader.bytes(wire);
      segmented = true;
    },
    4: fixed(4),
    5: varints,
    7: varints,
    8: (wire) => (name = reader.text(wire)),
    9: (wire) => bytes.add(reader.bytes(wire)),
    10: fixed(8),
    11: varints,
    13: (wire) => (file = readLocation(reader.message(wire)) ?? file),
    14: (wire) => (location = reader.integer(wire)),
  });
  if (location === EXTERNAL)
    throw badTensor(
      name,
      `has its values in another file${file === undefined ? '' : ` (${file})`}`,
      'Save the network as one file: `onnx.save_model(model, path, save_as_external_data=False)`, or `external_data=False` in torch.onnx.export.',
    );
  if (segmented) throw badTensor(name, 'is cut into segments', 'Write each tensor in one piece.');
  if (type === 0) throw badTensor(name, 'has no element type', mend);
  const raw = integers.length === 0 ? bytes.value : integerBytes(name, type, integers);
  checkSize(name, type, shape, raw);
  return { name, type, shape, raw };
}

/** The `location` entry of external_data. */
function readLocation(reader: WireReader): string | undefined {
  let key = '';
  let value = '';
  reader.fields({ 1: (wire) => (key = reader.text(wire)), 2: (wire) => (value = reader.text(wire)) });
  return key === 'location' ? value : undefined;
}

/** Values of int32_data, int64_data and uint64_data in the size of their type: 16-bit floats come as the integers of their bits. */
function integerBytes(name: string, type: number, values: readonly bigint[]): Uint8Array {
  const size = elementBytes[type];
  if (size === undefined || type === onnxType.float || type === onnxType.double || size > 8)
    throw badTensor(name, `is of ${typeName(type)} and lists integers`, mend);
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => {
    const at = index * size;
    if (size === 8) view.setBigUint64(at, BigInt.asUintN(64, value), true);
    else if (size === 4) view.setUint32(at, Number(BigInt.asUintN(32, value)), true);
    else if (size === 2) view.setUint16(at, Number(BigInt.asUintN(16, value)), true);
    else view.setUint8(at, Number(BigInt.asUintN(8, value)));
  });
  return bytes;
}

function checkSize(name: string, type: number, shape: readonly number[], raw: Uint8Array): void {
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) throw badTensor(name, `has the shape [${shape.join(', ')}]`, mend);
  const size = elementBytes[type];
  if (size === undefined) return;
  const expected = shape.reduce((product, length) => product * length, size);
  if (raw.length !== expected)
    throw badTensor(name, `of ${typeName(type)} and shape [${shape.join(', ')}] takes ${expected} bytes, but has ${raw.length}`, mend);
}

const badTensor = (name: string, message: string, hint: string) => badArtifact(`ONNX tensor ${name} ${message}`, ['onnx', name], hint);
