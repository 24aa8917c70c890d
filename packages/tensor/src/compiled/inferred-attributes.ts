import { type tf } from '../tf.ts';
import { isGraphDataType, type Scalars, typeAttribute } from './graph-def.ts';

/** Type attributes that tfjs-node leaves to TensorFlow's eager mode to infer, by operation: attribute → the input whose dtype it is. */
const inferredTypes: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  ExpandDims: { T: 0, Tdim: 1 },
};

/** The attributes that a graph must spell out for `operation`, though an eager call need not. */
export function inferredAttributes(operation: string, inputs: readonly tf.TensorInfo[]): Record<string, Scalars> {
  const attributes: Record<string, Scalars> = {};
  for (const [name, index] of Object.entries(inferredTypes[operation] ?? {})) {
    const dtype = inputs[index]?.dtype;
    if (dtype !== undefined && isGraphDataType(dtype)) attributes[name] = typeAttribute(dtype);
  }
  return attributes;
}
