import { availableParallelism } from 'node:os';
import { EspalierError } from '@espalier/core';
import type { InferenceSession } from 'onnxruntime-node';
import { onnxRuntime } from './library.ts';

export interface SessionOptions {
  /** Threads that share one operator's work; left out: as many as there are processors. */
  readonly threads?: number;
  /** `none` computes the file node by node as it is written; `all`, the default, is what whoever deploys it gets. */
  readonly optimisation?: 'all' | 'none';
}

/** An input or output of a file: its shape with the batch, an open dimension being null. */
export interface SessionTensor {
  readonly name: string;
  readonly shape: readonly (number | null)[];
}

/** Values and their shape with the batch, in the file's own order of axes. */
export interface TensorValues {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

/** A network loaded into ONNX Runtime. */
export interface OnnxSession {
  readonly inputs: readonly SessionTensor[];
  readonly outputs: readonly SessionTensor[];
  /** Takes the inputs and gives the outputs in the order of `inputs` and `outputs`. */
  run(inputs: readonly TensorValues[]): Promise<readonly TensorValues[]>;
  /** Lets go of the memory; nothing can be run afterwards. */
  close(): Promise<void>;
}

/**
 * Loads an ONNX file into ONNX Runtime on the CPU. Operators are computed one after the other, by `threads` threads that sleep while there is nothing
 * to do (by default ONNX Runtime's keep turning, which would slow down whatever is measured next to them). Throws BAD_ARTIFACT with ONNX Runtime's
 * own words where it refuses the file, and UNAVAILABLE where it is not there for this machine.
 */
export async function openOnnxSession(
  bytes: Uint8Array,
  { threads = availableParallelism(), optimisation = 'all' }: SessionOptions = {},
): Promise<OnnxSession> {
  const { InferenceSession, Tensor } = await onnxRuntime();
  const session = await InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    executionMode: 'sequential',
    graphOptimizationLevel: optimisation === 'all' ? 'all' : 'disabled',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Nothing but the fatal: ONNX Runtime would print between a command's answers, and what it refuses it throws as well.
    logSeverityLevel: 4,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  }).catch((error: unknown) => {
    throw refused(error);
  });
  return {
    inputs: session.inputMetadata.map(described),
    outputs: session.outputMetadata.map(described),
    run: async (inputs) => {
      const feeds = Object.fromEntries(
        inputs.map(({ values, shape }, index) => [session.inputNames[index]!, new Tensor('float32', values, shape)]),
      );
      const results = await session.run(feeds).catch((error: unknown) => {
        throw refused(error);
      });
      return session.outputNames.map((name) => {
        const { data, dims } = results[name] as InferenceSession.OnnxValueMapType[string];
        if (!(data instanceof Float32Array)) throw refused(new Error(`output ${name} is not of float32`));
        return { values: data, shape: dims };
      });
    },
    close: () => session.release(),
  };
}

function described(metadata: InferenceSession.ValueMetadata): SessionTensor {
  if (!metadata.isTensor || metadata.type !== 'float32')
    throw refused(new Error(`${metadata.name} is not a tensor of float32, which is all that a network of pictures has here`));
  return { name: metadata.name, shape: metadata.shape.map((size) => (typeof size === 'number' && size > 0 ? size : null)) };
}

/** ONNX Runtime puts the place in its own source before what it says: a path, a line and a signature. */
const placeInSource = /^\S+\.(?:cc|h):\d+ (?:[\w:<>&*~ ]*::[\w~]+\((?:[^()]|\([^()]*\))*\)(?: const)? )?/;

function refused(error: unknown): EspalierError {
  const message = (error instanceof Error ? error.message : String(error)).replace(placeInSource, '').trim();
  return new EspalierError('BAD_ARTIFACT', `ONNX Runtime does not take the file: ${message}`, {
    hint: 'Export it again, for an opset that this ONNX Runtime knows.',
    path: ['onnx'],
    cause: error,
  });
}
