import { availableParallelism, cpus } from 'node:os';
import { onnxRuntimeVersion } from './library.ts';

/** What a time was measured on. Times of different environments say nothing about each other. */
export interface LatencyEnvironment {
  /** Such as `ONNX Runtime 1.30.0`. */
  readonly runtime: string;
  /** As the operating system names it. */
  readonly processor: string;
  /** Processors that this process may use. */
  readonly processors: number;
  /** Such as `linux-x64`. */
  readonly platform: string;
}

export const latencyEnvironment = (): LatencyEnvironment => ({
  runtime: `ONNX Runtime ${onnxRuntimeVersion()}`,
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  processors: availableParallelism(),
  platform: `${process.platform}-${process.arch}`,
});
