export { encodeNetwork, decodeNetwork } from './network-file.ts';
export { layersModelFiles } from './layers-model/write.ts';
export { readLayersModel, type ModelFile } from './layers-model/read.ts';
export { formatOfPath, readNetworkFile, writeNetworkFile, type NetworkFile } from './files.ts';
export { formats } from './formats.ts';
export type { FormatName, NetworkFormat, ReadOptions, WriteOptions } from './format.ts';
export { encodeOnnx, onnxOpsets, defaultOpset, type OnnxOptions } from './onnx/encode.ts';
export { importOnnx, type ImportedNetwork } from './onnx/import/import.ts';
export { decodeOnnx } from './onnx/decode.ts';
export { openOnnxSession, type OnnxSession, type SessionOptions, type SessionTensor, type TensorValues } from './runtime/session.ts';
export {
  compareLatency,
  measureLatencies,
  measureLatency,
  type LatencyComparison,
  type LatencyMeasurement,
  type LatencyOptions,
} from './runtime/latency.ts';
export { latencyEnvironment, type LatencyEnvironment } from './runtime/environment.ts';
export type { LatencySubject } from './runtime/subject.ts';
export type { Runner } from './verification/runner.ts';
export { onnxRunner } from './verification/onnx-runner.ts';
export { compareRunners, defaultTolerance, randomInputs, type Comparison, type ComparisonOptions } from './verification/compare.ts';
