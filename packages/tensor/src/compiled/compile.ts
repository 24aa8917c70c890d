import { EspalierError } from '@espalier/core';
import { type NativeBackend, nativeBackend } from '../backend/native.ts';
import { tf } from '../tf.ts';
import { StepRefusal } from './refusal.ts';
import { loadGraph } from './saved-model.ts';
import { type RunnableStep, type Step, type StepOptions } from './step.ts';
import { trace, type TracedStep } from './trace.ts';

/**
 * Compiles a step into one TensorFlow graph, in which the variables live on the device between calls.
 * The step is run twice to write it down; the `tf.Variable`s keep their values. Other shapes of feeds need another compiled step.
 *
 * @throws StepRefusal when the step cannot be a graph, or the backend is not native TensorFlow
 */
export function compile<Feed extends string, Output extends string>(
  step: Step<Feed, Output>,
  options: StepOptions<Feed>,
): RunnableStep<Feed, Output> {
  const backend = nativeBackend();
  if (backend === undefined)
    throw new StepRefusal('-', `the ${tf.getBackend()} backend has no graphs`, 'Install native TensorFlow: `npm run setup`.');
  const compiled = new CompiledStep(backend, trace(backend, step, options), options);
  compiled.write(options.variables.map((variable) => variable.dataSync<'float32'>()));
  return compiled;
}

class CompiledStep<Feed extends string, Output extends string> implements RunnableStep<Feed, Output> {
  readonly compiled = true;
  readonly nodeCount: number;
  readonly #backend: NativeBackend;
  readonly #traced: Omit<TracedStep<Feed, Output>, 'nodes'>;
  readonly #variables: readonly tf.Variable[];
  readonly #feeds: readonly { name: Feed; shape: readonly number[]; dtype: tf.DataType }[];
  readonly #feedNames: string;
  #session: number | undefined;

  constructor(backend: NativeBackend, { nodes, ...traced }: TracedStep<Feed, Output>, { feeds, variables }: StepOptions<Feed>) {
    this.#backend = backend;
    this.#traced = traced;
    this.#variables = variables;
    this.#feeds = (Object.keys(feeds) as Feed[]).map((name) => ({ name, shape: feeds[name].shape, dtype: feeds[name].dtype }));
    this.#feedNames = endpoints(this.#feeds.map(({ name }) => traced.feeds[name]));
    this.nodeCount = nodes.length;
    this.#session = load(backend, nodes);
  }

  run(feeds: Readonly<Record<Feed, tf.Tensor>>): Record<Output, tf.Tensor> {
    for (const feed of this.#feeds) checkFeed(feed, feeds[feed.name]);
    const names = Object.keys(this.#traced.outputs) as Output[];
    const inputs = this.#feeds.map(({ name }) => feeds[name]);
    const outputs = this.#call(inputs, this.#feedNames, endpoints(Object.values(this.#traced.outputs)));
    return Object.fromEntries(names.map((name, index) => [name, outputs[index]!])) as Record<Output, tf.Tensor>;
  }

  read(): Float32Array[] {
    if (this.#variables.length === 0) return [];
    const values = this.#call([], '', endpoints(this.#traced.values));
    try {
      return values.map((value) => value.dataSync<'float32'>());
    } finally {
      tf.dispose(values);
    }
  }

  write(values: readonly Float32Array[]): void {
    checkState(this.#variables, values);
    if (values.length === 0) return;
    // Copies: the native backend shares memory with the arrays it is given, and the caller may go on using them.
    const tensors = values.map((value, index) => tf.tensor(value.slice(), this.#variables[index]!.shape, 'float32'));
    try {
      tf.dispose(this.#call(tensors, endpoints(this.#traced.newValues), endpoints([this.#traced.valuesWritten])));
    } finally {
      tf.dispose(tensors);
    }
  }

  updateVariables(): void {
    assignAll(this.#variables, this.read());
  }

  dispose(): void {
    if (this.#session !== undefined) this.#backend.binding.deleteSavedModel(this.#session);
    this.#session = undefined;
  }

  #call(inputs: readonly tf.Tensor[], inputNames: string, outputNames: string): tf.Tensor[] {
    if (this.#session === undefined) throw new Error('this step is disposed');
    const ids = this.#backend.getInputTensorIds(inputs);
    const outputs = this.#backend.binding.runSavedModel(this.#session, ids, inputNames, outputNames);
    return outputs.map((metadata) => this.#backend.createOutputTensor(metadata));
  }
}

function load(backend: NativeBackend, nodes: TracedStep<string, string>['nodes']): number {
  try {
    return loadGraph(backend.binding, nodes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const kernel = /operation\d+\/(\w+)/.exec(reason)?.[1] ?? 'graph';
    throw new StepRefusal(kernel, `TensorFlow does not take its graph (${reason})`, 'Run this step uncompiled.');
  }
}

const endpoints = (names: readonly string[]): string => names.map((name) => `${name}:0`).join(',');

export function checkFeed(expected: { name: string; shape: readonly number[]; dtype: tf.DataType }, fed: tf.Tensor | undefined): void {
  const { name, shape, dtype } = expected;
  const wanted = `${dtype} [${shape.join(', ')}]`;
  if (fed === undefined) throw new EspalierError('BAD_INPUT', `feed ${name} (${wanted}) is missing`, { path: ['feeds', name] });
  if (fed.dtype !== dtype || !tf.util.arraysEqual([...shape], fed.shape)) {
    const hint = 'A step is compiled for one shape of each feed: compile another for this one.';
    throw new EspalierError('BAD_INPUT', `feed ${name} is ${fed.dtype} [${fed.shape.join(', ')}], but the step takes ${wanted}`, {
      hint,
      path: ['feeds', name],
    });
  }
}

export function checkState(variables: readonly tf.Variable[], values: readonly Float32Array[]): void {
  if (values.length !== variables.length)
    throw new EspalierError('BAD_INPUT', `${values.length} arrays were given for the ${variables.length} variables of a step`);
  values.forEach((value, index) => {
    const variable = variables[index]!;
    if (value.length !== variable.size)
      throw new EspalierError('BAD_INPUT', `variable ${variable.name} holds ${variable.size} values, but was given ${value.length}`);
  });
}

export function assignAll(variables: readonly tf.Variable[], values: readonly Float32Array[]): void {
  variables.forEach((variable, index) => {
    const value = tf.tensor(values[index]!.slice(), variable.shape, 'float32');
    variable.assign(value);
    value.dispose();
  });
}
