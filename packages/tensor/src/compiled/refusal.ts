import { EspalierError } from '@espalier/core';

/** A step that cannot become a graph, and why. It may still be run operation by operation: see `compileOrEager`. */
export class StepRefusal extends EspalierError {
  constructor(
    /** The TensorFlow operation or TF.js kernel at fault, such as `Mean`. */
    readonly kernel: string,
    reason: string,
    hint: string,
  ) {
    super('BAD_INPUT', `the step cannot be compiled: ${reason}`, { hint });
  }
}
