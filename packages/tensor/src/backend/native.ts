import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { tf } from '../tf.ts';

/** Node-API version whose folder the npm package keeps its binding in. */
const NODE_API_FOLDER = 'napi-v8';

const require = createRequire(import.meta.url);

/** An attribute of a TensorFlow operation as the binding takes it; `type` is one of the binding's `TF_ATTR_…` numbers. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** What the binding tells of a tensor that it made. */
interface TensorMetadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** The part of the native binding that this package calls. */
export interface Binding {
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_BOOL: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  /** Names are joined by commas, as `node:0`. Runs the graph once and returns the outputs in order. */
  runSavedModel(id: number, inputTensorIds: readonly number[], inputNames: string, outputNames: string): TensorMetadata[];
}

/** The native backend of tfjs-node, through which every kernel of it goes. */
export interface NativeBackend extends tf.KernelBackend {
  readonly binding: Binding;
  readonly isUsingGpuDevice: boolean;
  executeSingleOutput(operation: string, attributes: readonly OpAttribute[], inputs: readonly tf.TensorInfo[]): tf.Tensor;
  executeMultipleOutputs(
    operation: string,
    attributes: readonly OpAttribute[],
    inputs: readonly tf.TensorInfo[],
    outputCount: number,
  ): tf.Tensor[];
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
  createOutputTensor(metadata: TensorMetadata): tf.Tensor;
  readSync(dataId: object): tf.backend_util.BackendValues;
}

export const NATIVE_BACKEND = 'tensorflow';

/** What setup wrote beside the binding that it built. */
export interface BindingNote {
  readonly device: 'cpu' | 'cuda';
  readonly version: string;
  readonly library: string;
}

export interface FoundBinding {
  readonly file: string;
  /** Missing when something other than setup put the binding there. */
  readonly note?: BindingNote | undefined;
}

/** Where the binding lies, and what setup noted of it; undefined when setup has built none. */
export function findBinding(): FoundBinding | undefined {
  const folder = path.join(path.dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json')), 'lib', NODE_API_FOLDER);
  const file = path.join(folder, 'tfjs_binding.node');
  if (!existsSync(file)) return undefined;
  const noteFile = path.join(folder, 'espalier.json');
  return { file, note: existsSync(noteFile) ? (JSON.parse(readFileSync(noteFile, 'utf8')) as BindingNote) : undefined };
}

/**
 * Loads the native library and makes it TensorFlow.js's backend.
 * The package's own entry file is passed by: it would drag in node-pre-gyp only to find the binding that we know the place of.
 */
export async function loadNativeBackend(bindingFile: string): Promise<NativeBackend> {
  const binding = require(bindingFile) as Binding;
  const { NodeJSKernelBackend } = require('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend') as {
    NodeJSKernelBackend: new (binding: Binding, packageName: string) => NativeBackend;
  };
  require('@tensorflow/tfjs-node-gpu/dist/register_all_kernels');
  const backend = new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node-gpu');
  tf.registerBackend(NATIVE_BACKEND, () => backend, 3);
  await tf.setBackend(NATIVE_BACKEND);
  return backend;
}

/** The native backend, if it is the one in use. */
export function nativeBackend(): NativeBackend | undefined {
  return tf.getBackend() === NATIVE_BACKEND ? (tf.backend() as NativeBackend) : undefined;
}
