import { createGenerator, EspalierError, type NetworkData } from '@espalier/core';
import { elementCount } from '@espalier/network';
import { encodeOnnx } from '../onnx/encode.ts';
import { type OnnxSession, openOnnxSession, type SessionTensor, type TensorValues } from './session.ts';

/** A network, or the bytes of an ONNX file. */
export type LatencySubject = NetworkData | Uint8Array;

/** A network ready to be timed: the same random pictures, again and again. */
export interface TimedNetwork {
  run(): Promise<unknown>;
  close(): Promise<void>;
}

/** Throws as `openOnnxSession` does, and BAD_ARTIFACT for an input that is open beyond the batch, or fixed to another batch. */
export async function openTimed(subject: LatencySubject, threads: number, batch: number): Promise<TimedNetwork> {
  const bytes = subject instanceof Uint8Array ? subject : encodeOnnx(subject);
  const session = await openOnnxSession(bytes, { threads });
  try {
    const inputs = pictures(session, batch);
    return { run: () => session.run(inputs), close: () => session.close() };
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** Random values: zeros are cheaper to multiply on some processors, and so are the denormal numbers that a network may make of them. */
function pictures({ inputs }: OnnxSession, batch: number): TensorValues[] {
  return inputs.map((input, index) => {
    const shape = shapeOfBatch(input, batch);
    const generator = createGenerator(0, 'latency', `${index}`);
    return { shape, values: Float32Array.from({ length: elementCount(shape) }, () => generator.normal()) };
  });
}

function shapeOfBatch({ name, shape: [fixedBatch = null, ...shape] }: SessionTensor, batch: number): number[] {
  const sizes = shape.filter((size): size is number => size !== null);
  if (sizes.length === shape.length && (fixedBatch === null || fixedBatch === batch)) return [batch, ...sizes];
  const found = [fixedBatch, ...shape].map((size) => size ?? '?').join(', ');
  throw new EspalierError('BAD_ARTIFACT', `input ${name} has the shape [${found}], which does not take ${batch} pictures of a fixed size`, {
    hint: 'Measure with the batch that the file fixes, or export it with an open batch and a fixed picture.',
    path: ['onnx', name],
  });
}
