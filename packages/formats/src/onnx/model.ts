/** An ONNX model as far as Espalier reads and writes it: plain data, names as in onnx.proto where those are good names. */
export interface OnnxModel {
  readonly irVersion: number;
  /** Operator set versions by domain; the standard domain is ''. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly producer: { readonly name: string; readonly version: string };
  readonly graph: OnnxGraph;
  /** The model's own functions as `domain.name`: operators that only this file defines. */
  readonly functions: readonly string[];
}

export interface OnnxGraph {
  readonly name: string;
  /** In an order in which every node comes after those whose outputs it reads, if the file keeps ONNX's rules. */
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  /** May list initializers as well, as old files do. */
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly valueInfo: readonly OnnxValue[];
}

/** A named tensor that is not written down: an input, an output or something in between. */
export interface OnnxValue {
  readonly name: string;
  /** One of `onnxType`; null where the file does not say, or says that it is no dense tensor. */
  readonly type: number | null;
  /** A number, the name of an open dimension, or null for one that is not told. The whole is null where no shape is told. */
  readonly shape: readonly (number | string | null)[] | null;
}

export interface OnnxNode {
  /** May be empty: ONNX does not ask for names. */
  readonly name: string;
  /** Such as `Conv`: `op_type` in the file. */
  readonly operator: string;
  /** '' for ONNX's own operators. */
  readonly domain: string;
  /** Names of tensors; '' for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

export type OnnxAttribute =
  | { readonly kind: 'float'; readonly value: number }
  /** 64-bit values beyond ±2⁵³ are the nearest number. */
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: OnnxTensor }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'integers'; readonly value: readonly number[] }
  | { readonly kind: 'texts'; readonly value: readonly string[] }
  /** A graph, a sparse tensor or a type, which nothing here reads. */
  | { readonly kind: 'other' };

export interface OnnxTensor {
  readonly name: string;
  /** One of `onnxType`. */
  readonly type: number;
  readonly shape: readonly number[];
  /** The values in row-major order, little-endian, whichever field of the file they came from. May be a view of the file at any offset. */
  readonly raw: Uint8Array;
}

/** TensorProto.DataType: the numbers that ONNX gives to element types. */
export const onnxType = {
  float: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  double: 11,
  uint32: 12,
  uint64: 13,
  complex64: 14,
  complex128: 15,
  bfloat16: 16,
} as const;

/** Bytes of one element; undefined for strings and the types that came after bfloat16. */
export const elementBytes: Readonly<Record<number, number | undefined>> = {
  [onnxType.float]: 4,
  [onnxType.uint8]: 1,
  [onnxType.int8]: 1,
  [onnxType.uint16]: 2,
  [onnxType.int16]: 2,
  [onnxType.int32]: 4,
  [onnxType.int64]: 8,
  [onnxType.bool]: 1,
  [onnxType.float16]: 2,
  [onnxType.double]: 8,
  [onnxType.uint32]: 4,
  [onnxType.uint64]: 8,
  [onnxType.complex64]: 8,
  [onnxType.complex128]: 16,
  [onnxType.bfloat16]: 2,
};

/** The name of an element type for messages: `float16`, or `type 23` of a number that is not known here. */
export const typeName = (type: number): string => Object.entries(onnxType).find(([, number]) => number === type)?.[0] ?? `type ${type}`;
