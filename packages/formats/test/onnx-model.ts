import { createGenerator } from '@espalier/core';
import { elementCount } from '@espalier/network';
import {
  encodeModel,
  type OnnxAttribute,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
  onnxType,
} from '../src/onnx/proto.ts';

type Setting = number | string | readonly number[] | OnnxAttribute;

/** An attribute that is a float although its number is whole, or ones that only `OnnxAttribute` can say. */
export const float = (value: number): OnnxAttribute => ({ kind: 'float', value });

function attribute(setting: Setting): OnnxAttribute {
  if (typeof setting === 'string') return { kind: 'text', value: setting };
  if (typeof setting === 'number') return Number.isInteger(setting) ? { kind: 'integer', value: setting } : float(setting);
  return 'kind' in setting ? setting : { kind: 'integers', value: [...setting] };
}

/** `node('Conv', 'x w', 'y', { strides: [2, 2] })`: operands and results by name, `_` for one that is left out. */
export function node(operator: string, inputs: string, outputs: string, settings: Readonly<Record<string, Setting>> = {}): OnnxNode {
  const names = (text: string) => (text === '' ? [] : text.split(' ').map((name) => (name === '_' ? '' : name)));
  const attributes = new Map(Object.entries(settings).map(([name, setting]) => [name, attribute(setting)]));
  return { name: `${operator}_${outputs.split(' ')[0]}`, operator, domain: '', inputs: names(inputs), outputs: names(outputs), attributes };
}

export interface ModelDescription {
  readonly nodes: readonly OnnxNode[];
  readonly opset?: number;
  /** Shapes with the batch. One input `x` of [1, 4, 9, 7] unless said otherwise. */
  readonly inputs?: Readonly<Record<string, readonly (number | string | null)[]>>;
  /** `y` unless said otherwise. */
  readonly outputs?: readonly string[];
  /** Shapes of weights, drawn from their names between −1 and 1, or the numbers themselves: a list, or a single one without an axis. */
  readonly weights?: Readonly<Record<string, readonly number[] | Float32Array | number>>;
  /** Lists of whole numbers, as shapes and indices are; a single number is a scalar. */
  readonly integers?: Readonly<Record<string, readonly number[] | number>>;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | BigInt64Array): Uint8Array =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);

export function floatTensor(name: string, shape: readonly number[], values?: Float32Array): OnnxTensor {
  const generator = createGenerator(2, 'weights', name);
  const drawn = values ?? Float32Array.from({ length: elementCount(shape) }, () => 2 * generator.uniform() - 1);
  return { name, type: onnxType.float, shape, raw: bytesOf(drawn) };
}

export function integerTensor(name: string, values: readonly number[] | number): OnnxTensor {
  const list = typeof values === 'number' ? [values] : values;
  return {
    name,
    type: onnxType.int64,
    shape: typeof values === 'number' ? [] : [list.length],
    raw: bytesOf(BigInt64Array.from(list, BigInt)),
  };
}

const value = (name: string, shape: OnnxValue['shape']): OnnxValue => ({ name, type: onnxType.float, shape });

/** A small ONNX model, written down node by node. */
export function onnxModel({
  nodes,
  opset = 17,
  inputs = { x: [1, 4, 9, 7] },
  outputs = ['y'],
  weights = {},
  integers = {},
}: ModelDescription): OnnxModel {
  return {
    irVersion: 8,
    opsets: new Map([['', opset]]),
    producer: { name: 'test', version: '' },
    functions: [],
    graph: {
      name: 'test',
      nodes,
      initializers: [
        ...Object.entries(weights).map(([name, given]) =>
          typeof given === 'number'
            ? floatTensor(name, [], Float32Array.of(given))
            : given instanceof Float32Array
              ? floatTensor(name, [given.length], given)
              : floatTensor(name, given),
        ),
        ...Object.entries(integers).map(([name, given]) => integerTensor(name, given)),
      ],
      inputs: Object.entries(inputs).map(([name, shape]) => value(name, shape)),
      outputs: outputs.map((name) => value(name, null)),
      valueInfo: [],
    },
  };
}

export const onnxBytes = (description: ModelDescription): Uint8Array => encodeModel(onnxModel(description));
