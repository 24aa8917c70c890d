import { badInputShape } from '../../faults.ts';
import type { ReadOptions } from '../../format.ts';
import { refuseAmbiguousShape } from '../../input-shape.ts';
import { type OnnxNode, type OnnxValue, onnxType, typeName } from '../proto.ts';
import { badValue, unsupportedValue } from './faults.ts';
import type { ReadableGraph } from './graph.ts';

/** An input of the graph: how ONNX counts its axes, and how a layer keeps them. */
export interface GraphInput {
  readonly name: string;
  /** The batch that the file was exported for, 1 where it is open. */
  readonly batch: number;
  /** Shape of the input layer, without the batch. */
  readonly shape: readonly number[];
  /** ONNX's k-th axis behind the batch is axis `axes[k]` of the layer. */
  readonly axes: readonly number[];
  /** Whether the file itself has pictures as [N, H, W, C]. */
  readonly isChannelsLast: boolean;
}

/**
 * The inputs of a graph. Pictures [N, C, H, W] become [H, W, C]; an input that the graph itself turns to NCHW first, as exporters of TensorFlow do, is
 * [N, H, W, C] and stays so. `inputShape` ([H, W, C]) fills in what the file leaves open.
 *
 * @throws EspalierError BAD_INPUT for an `inputShape` that the file contradicts, UNSUPPORTED_LAYER for a type, rank or open axis that cannot be read
 */
export function graphInputs({ inputs, readers }: ReadableGraph, options: ReadOptions): readonly GraphInput[] {
  const [first] = inputs;
  if (first === undefined) throw badValue('inputs', 'are missing: the graph computes constants only', 'Export the whole network.');
  refuseAmbiguousShape(inputs.length, options);
  const read = inputs.map((input) => readInput(input, isTurnedFirst(readers.get(input.name) ?? []), options));
  if (read.some(({ batch }) => batch !== read[0]!.batch))
    throw badValue(first.name, 'has another batch than the other inputs', 'Export all inputs with the same batch.');
  return read;
}

/** Whether every reader is the transpose from [N, H, W, C] to [N, C, H, W]. */
const isTurnedFirst = (readers: readonly (OnnxNode | null)[]): boolean =>
  readers.every((node) => {
    const order = node?.operator === 'Transpose' ? node.attributes.get('perm') : undefined;
    return order?.kind === 'integers' && order.value.join() === '0,3,1,2';
  });

function readInput({ name, type, shape }: OnnxValue, isChannelsLast: boolean, { inputShape }: ReadOptions): GraphInput {
  if (type !== onnxType.float)
    throw unsupportedValue(
      name,
      `is an input of ${type === null ? 'an unknown type' : typeName(type)}`,
      'Export the network for float32 pictures, without preprocessing of other types.',
    );
  if (shape === null || shape.length < 2 || shape.length > 4)
    throw unsupportedValue(
      name,
      shape === null ? 'is an input without a shape' : `is an input of ${shape.length} axes`,
      'Export the network for pictures [N, C, H, W] or vectors [N, F] of a fixed size.',
    );
  const [batch, ...sizes] = shape;
  const isPicture = sizes.length === 3;
  const placed = isPicture && !isChannelsLast ? [sizes[1]!, sizes[2]!, sizes[0]!] : sizes;
  return {
    name,
    batch: isSize(batch) ? batch : 1,
    shape: fixed(name, placed, inputShape),
    axes: isPicture && !isChannelsLast ? [2, 0, 1] : sizes.map((_, axis) => axis),
    isChannelsLast: isPicture && isChannelsLast,
  };
}

const isSize = (size: number | string | null | undefined): size is number => typeof size === 'number' && size > 0;

/** The shape of the layer, with `wanted` where the file leaves it open. */
function fixed(name: string, sizes: readonly (number | string | null)[], wanted: readonly number[] | undefined): readonly number[] {
  const text = `[${sizes.map((size) => (isSize(size) ? size : (size ?? '?'))).join(', ')}]`;
  if (wanted !== undefined && (wanted.length !== sizes.length || sizes.some((size, axis) => isSize(size) && size !== wanted[axis])))
    throw badInputShape(
      `ONNX input ${name}: its shape ${text} can't be ${JSON.stringify(wanted)}`,
      'Ask for a shape that agrees with what the file fixes, or for none.',
    );
  return sizes.map((size, axis) => {
    if (isSize(size)) return size;
    if (wanted !== undefined) return wanted[axis]!;
    const what = sizes.length === 3 ? ['height', 'width', 'number of channels'][axis]! : `axis ${axis + 1}`;
    throw unsupportedValue(
      name,
      `is an input whose ${what} is open (${text})`,
      'Say for which size to read the network: the option inputShape, or --input 224x224x3 on the command line. Only the batch may be open.',
    );
  });
}
