import { type tf } from '../tf.ts';

/**
 * One step of a computation: from fed tensors to named results, reading and assigning `tf.Variable`s on the way.
 * It must do the same operations on every call; what changes from call to call (a batch, a learning rate) comes in through `feeds`.
 */
export type Step<Feed extends string, Output extends string> = (feeds: Record<Feed, tf.Tensor>) => Record<Output, tf.Tensor>;

export interface StepOptions<Feed extends string> {
  /** An example of each feed: its shape and dtype are those of every later call. The values do not matter; the tensors stay the caller's. */
  readonly feeds: Readonly<Record<Feed, tf.Tensor>>;
  /** All variables that the step reads or assigns: weights, moving statistics, optimizer slots. float32. */
  readonly variables: readonly tf.Variable[];
}

/** A step that is ready to run. Its state is its own: copies of the variables, taken when it was made. */
export interface RunnableStep<Feed extends string, Output extends string> {
  /** Whether one call is one run of a TensorFlow graph, and not many operations one by one. */
  readonly compiled: boolean;
  /** Nodes of the graph; 0 when not compiled. */
  readonly nodeCount: number;
  /** Runs the step once. The caller disposes what it returns. */
  run(feeds: Readonly<Record<Feed, tf.Tensor>>): Record<Output, tf.Tensor>;
  /** The state now: a copy of each variable's values, in the order of `variables`. */
  read(): Float32Array[];
  /** Replaces the state, in the order of `variables`. The arrays are copied. */
  write(values: readonly Float32Array[]): void;
  /** Copies the state into the `tf.Variable`s that the step was made of, so that the model they belong to has it. */
  updateVariables(): void;
  dispose(): void;
}
