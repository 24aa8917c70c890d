import { type Binding, type OpAttribute } from '../backend/native.ts';
import { type tf } from '../tf.ts';
import { StepRefusal } from './refusal.ts';

/** TensorFlow's `DataType` numbers for the dtypes that TF.js computes with. */
export const dataTypes = { float32: 1, int32: 3, bool: 10 } as const;
export type GraphDataType = keyof typeof dataTypes;

export interface ShapeProto {
  readonly dim: readonly { readonly size: number }[];
}

export interface TensorProto {
  readonly dtype: number;
  readonly tensorShape: ShapeProto;
  readonly tensorContent: Uint8Array;
}

/** One attribute's value, a field of TensorFlow's `AttrValue` message: one of s, i, f, b, type, shape, or a list of one of these. */
export interface Scalars {
  readonly s?: Uint8Array;
  readonly i?: number;
  readonly f?: number;
  readonly b?: boolean;
  readonly type?: number;
  readonly shape?: ShapeProto;
}
export type AttributeValue =
  | Scalars
  | { readonly tensor: TensorProto }
  | { readonly list: { readonly [Kind in keyof Scalars]?: readonly NonNullable<Scalars[Kind]>[] } };

/** A node of TensorFlow's `GraphDef`. An input is `node`, `node:k` for its output k, or `^node` for order alone. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, AttributeValue>>;
}

export function isGraphDataType(dtype: tf.DataType): dtype is GraphDataType {
  return dtype in dataTypes;
}

export const typeAttribute = (dtype: GraphDataType): Scalars => ({ type: dataTypes[dtype] });
export const textAttribute = (text: string): Scalars => ({ s: new TextEncoder().encode(text) });
export const shapeProto = (shape: readonly number[]): ShapeProto => ({ dim: shape.map((size) => ({ size })) });

/** Rewrites the attributes of an eager call as a graph node's. */
export function graphAttributes(binding: Binding, op: string, attributes: readonly OpAttribute[]): Record<string, AttributeValue> {
  return Object.fromEntries(attributes.map((attribute) => [attribute.name, attributeValue(binding, op, attribute)]));
}

/** Attributes that the binding takes as one string with commas between (`graph-options.h` of the setup), and what their members are in a graph. */
const joinedLists: Readonly<Record<string, (members: readonly string[]) => AttributeValue>> = {
  fused_ops: (members) => ({ list: { s: members.map((member) => new TextEncoder().encode(member)) } }),
  TArgs: (members) => ({ list: { type: members.map(Number) } }),
};

function attributeValue(binding: Binding, op: string, { name, type, value }: OpAttribute): AttributeValue {
  const joined = joinedLists[name];
  if (joined !== undefined && typeof value === 'string') return joined(value.split(','));
  const refuse = (): never => {
    throw new StepRefusal(op, `attribute ${name} of ${op} is of a kind that is not known (${String(value)})`, 'Run this step uncompiled.');
  };
  const scalar = (member: unknown): Scalars => {
    if (type === binding.TF_ATTR_STRING && typeof member === 'string') return textAttribute(member);
    if (type === binding.TF_ATTR_BOOL && (typeof member === 'boolean' || typeof member === 'number')) return { b: Boolean(member) };
    if (typeof member !== 'number') return refuse();
    if (type === binding.TF_ATTR_INT) return { i: member };
    if (type === binding.TF_ATTR_FLOAT) return { f: member };
    if (type === binding.TF_ATTR_TYPE) return { type: member };
    return refuse();
  };
  if (type === binding.TF_ATTR_SHAPE) {
    if (!Array.isArray(value)) return refuse();
    if (value.length > 0 && Array.isArray(value[0])) return { list: { shape: value.map(shapeProto) } };
    return { shape: shapeProto(value as number[]) };
  }
  if (!Array.isArray(value)) return scalar(value);
  const list: Record<string, unknown[]> = {};
  for (const member of value) for (const [kind, field] of Object.entries(scalar(member))) (list[kind] ??= []).push(field);
  return { list };
}
