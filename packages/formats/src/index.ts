export { encodeNetwork, decodeNetwork } from './network-file.ts';
export { layersModelFiles } from './layers-model/write.ts';
export { readLayersModel, type ModelFile } from './layers-model/read.ts';
export { readNetworkFile, writeNetworkFile, type NetworkFile } from './files.ts';
export { formats } from './formats.ts';
export type { FormatName, NetworkFormat, ReadOptions, WriteOptions } from './format.ts';
export type { Runner } from './verification/runner.ts';
export { compareRunners, defaultTolerance, type Comparison, type ComparisonOptions } from './verification/compare.ts';
export { onnxRunner } from './verification/onnx-runner.ts';
