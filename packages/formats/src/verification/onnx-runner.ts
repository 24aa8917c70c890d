import { EspalierError } from '@espalier/core';
import { elementCount } from '@espalier/network';
import { openOnnxSession, type SessionOptions, type SessionTensor, type TensorValues } from '../runtime/session.ts';
import { channelsFirst, channelsLast } from './axes.ts';
import type { Runner } from './runner.ts';

/**
 * An ONNX file, ours or another's, whose inputs and outputs of four axes are NCHW. Throws as `openOnnxSession` does, and BAD_ARTIFACT for an input
 * whose shape is open beyond the batch, or whose batch is fixed to more than one picture.
 */
export async function onnxRunner(bytes: Uint8Array, options: SessionOptions = {}): Promise<Runner> {
  const session = await openOnnxSession(bytes, options);
  const shapes = session.inputs.map(shapeOfOne);
  return {
    inputs: shapes.map((shape) => ({ shape: shape.length === 3 ? [shape[1]!, shape[2]!, shape[0]!] : shape })),
    run: async (inputs) => {
      const feeds = shapes.map((shape, index) => ({ shape: [1, ...shape], values: inOrder(inputs[index]!, shape) }));
      return (await session.run(feeds)).map(outOfOrder);
    },
    close: () => session.close(),
  };
}

/** The shape in the file without the batch. */
function shapeOfOne({ name, shape: [batch = null, ...shape] }: SessionTensor): readonly number[] {
  const sizes = shape.filter((size): size is number => size !== null);
  if (sizes.length === shape.length && (batch === null || batch === 1)) return sizes;
  const found = [batch, ...shape].map((size) => size ?? '?').join(', ');
  throw new EspalierError('BAD_ARTIFACT', `input ${name} has the shape [${found}]`, {
    hint: 'Export the network for pictures of a fixed size, one at a time or with an open batch.',
    path: ['onnx', name],
  });
}

function inOrder(values: Float32Array, shape: readonly number[]): Float32Array {
  if (values.length !== elementCount(shape)) throw new RangeError(`${values.length} values do not fill ${shape.join(' × ')}`);
  return shape.length === 3 ? channelsFirst(values, [shape[1]!, shape[2]!, shape[0]!]) : values;
}

const outOfOrder = ({ values, shape: [, ...shape] }: TensorValues): Float32Array =>
  shape.length === 3 ? channelsLast(values, [shape[1]!, shape[2]!, shape[0]!]) : values;
