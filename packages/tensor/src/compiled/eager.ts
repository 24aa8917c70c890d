import { tf } from '../tf.ts';
import { assignAll, checkFeed, checkState, compile } from './compile.ts';
import { StepRefusal } from './refusal.ts';
import { type RunnableStep, type Step, type StepOptions } from './step.ts';

/**
 * A step run operation by operation, with the interface of a compiled one. Its state is kept apart from the `tf.Variable`s between calls,
 * so that both kinds behave the same.
 */
export function runEagerly<Feed extends string, Output extends string>(
  step: Step<Feed, Output>,
  { feeds, variables }: StepOptions<Feed>,
): RunnableStep<Feed, Output> {
  const expected = (Object.keys(feeds) as Feed[]).map((name) => ({ name, shape: feeds[name].shape, dtype: feeds[name].dtype }));
  let state = variables.map((variable) => tf.keep(tf.clone(variable as tf.Tensor)));
  const takeState = (): void => {
    const next = variables.map((variable) => tf.keep(tf.clone(variable as tf.Tensor)));
    tf.dispose(state);
    state = next;
  };
  return {
    compiled: false,
    nodeCount: 0,
    run(fed) {
      for (const feed of expected) checkFeed(feed, fed[feed.name]);
      const outside = variables.map((variable) => tf.clone(variable as tf.Tensor));
      try {
        variables.forEach((variable, index) => variable.assign(state[index]!));
        const outputs = tf.tidy(() => step(fed));
        takeState();
        return outputs;
      } finally {
        variables.forEach((variable, index) => variable.assign(outside[index]!));
        tf.dispose(outside);
      }
    },
    read: () => state.map((value) => Float32Array.from(value.dataSync<'float32'>())),
    write(values) {
      checkState(variables, values);
      tf.dispose(state);
      state = values.map((value, index) => tf.keep(tf.tensor(value.slice(), variables[index]!.shape, 'float32')));
    },
    updateVariables() {
      assignAll(
        variables,
        state.map((value) => value.dataSync<'float32'>()),
      );
    },
    dispose() {
      tf.dispose(state);
      state = [];
    },
  };
}

/** Compiles a step; one that refuses, or a backend without graphs, is run operation by operation instead, and `warn` is told why. */
export function compileOrEager<Feed extends string, Output extends string>(
  step: Step<Feed, Output>,
  options: StepOptions<Feed>,
  warn: (text: string) => void,
): RunnableStep<Feed, Output> {
  try {
    return compile(step, options);
  } catch (error) {
    if (!(error instanceof StepRefusal)) throw error;
    warn(`${error.message}; it runs operation by operation, which is slower. ${error.hint ?? ''}`.trim());
    return runEagerly(step, options);
  }
}
