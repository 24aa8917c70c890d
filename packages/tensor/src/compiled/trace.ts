import { isDeepStrictEqual } from 'node:util';
import { type NativeBackend } from '../backend/native.ts';
import { tf } from '../tf.ts';
import { type GraphNode, isGraphDataType, shapeProto, textAttribute, typeAttribute } from './graph-def.ts';
import { foreignVariables, Recorder } from './recorder.ts';
import { StepRefusal } from './refusal.ts';
import { type Step, type StepOptions } from './step.ts';

/** A step as a graph, and the names under which it is driven. */
export interface TracedStep<Feed extends string, Output extends string> {
  readonly nodes: readonly GraphNode[];
  /** Placeholder of each feed. */
  readonly feeds: Readonly<Record<Feed, string>>;
  readonly outputs: Readonly<Record<Output, string>>;
  /** Placeholders for new values of the variables, and the node that has assigned them all when it has run. */
  readonly newValues: readonly string[];
  readonly valuesWritten: string;
  /** Nodes that give the variables' values. */
  readonly values: readonly string[];
}

/**
 * Runs `step` twice and writes it down both times. The two must agree: a value that differs was drawn or counted in the step and would be
 * frozen in the graph. The variables are as before afterwards.
 */
export function trace<Feed extends string, Output extends string>(
  backend: NativeBackend,
  step: Step<Feed, Output>,
  options: StepOptions<Feed>,
): TracedStep<Feed, Output> {
  const { variables } = options;
  // A clone shares its variable's data, which an assignment replaces and never overwrites.
  const before = variables.map((variable) => tf.clone(variable as tf.Tensor));
  try {
    const traced = traceOnce(backend, step, options);
    refuseDifference(traced.nodes, traceOnce(backend, step, options).nodes);
    return traced;
  } finally {
    variables.forEach((variable, index) => variable.assign(before[index]!));
    tf.dispose(before);
  }
}

function traceOnce<Feed extends string, Output extends string>(
  backend: NativeBackend,
  step: Step<Feed, Output>,
  { feeds, variables }: StepOptions<Feed>,
): TracedStep<Feed, Output> {
  const recorder = new Recorder(backend, foreignVariables(variables));
  tf.engine().startScope('trace');
  try {
    const feedNames = Object.keys(feeds) as Feed[];
    const placeholders = feedNames.map((name, index) => addPlaceholder(recorder, `feed${index}`, feeds[name]));
    // A fresh tensor for each feed: one that shares its data with a variable would be taken for the variable.
    const fed = feedNames.map((name) => tf.tensor(feeds[name].dataSync().slice(), feeds[name].shape, feeds[name].dtype));
    fed.forEach((tensor, index) => recorder.bind(tensor, placeholders[index]!));
    variables.forEach((variable, index) => addVariable(recorder, `variable${index}`, variable));

    const initial = variables.map(({ dataId }) => dataId);
    const foreign = new Map(Object.values(tf.engine().registeredVariables).map((variable) => [variable, variable.dataId]));
    const results = recorder.record(() => step(record(feedNames, fed)));
    refuseForeignAssignments(foreign, variables);

    const assigned = variables.flatMap((variable, index) =>
      variable.dataId === initial[index] ? [] : [addAssignment(recorder, `variable${index}`, variable)],
    );
    const outputNames = Object.keys(results) as Output[];
    const outputs = outputNames.map((name, index) => addOutput(recorder, `output${index}`, results[name], assigned));
    // A step may have kept a result through its own scopes, as one must inside of `variableGrads`.
    tf.dispose(results);
    return {
      nodes: [...recorder.nodes, allWritten(variables.length)],
      feeds: record(feedNames, placeholders),
      outputs: record(outputNames, outputs),
      newValues: variables.map((_, index) => `variable${index}/new`),
      valuesWritten: WRITTEN,
      values: variables.map((_, index) => `variable${index}/value`),
    };
  } finally {
    tf.engine().endScope();
  }
}

const WRITTEN = 'written';

function addPlaceholder(recorder: Recorder, name: string, { shape, dtype }: tf.TensorInfo): string {
  if (!isGraphDataType(dtype)) throw new StepRefusal('Placeholder', `a feed has dtype ${dtype}`, 'Feed float32, int32 or bool.');
  recorder.nodes.push({ name, op: 'Placeholder', input: [], attr: { dtype: typeAttribute(dtype), shape: { shape: shapeProto(shape) } } });
  return name;
}

/** A resource variable, the read that the step sees, and a way to set it from outside. */
function addVariable(recorder: Recorder, name: string, variable: tf.Variable): void {
  if (variable.dtype !== 'float32')
    throw new StepRefusal('VarHandleOp', `variable ${variable.name} has dtype ${variable.dtype}`, 'Keep state in float32 variables.');
  const dtype = typeAttribute('float32');
  const handle = { dtype, shape: { shape: shapeProto(variable.shape) }, shared_name: textAttribute(name), container: textAttribute('') };
  recorder.nodes.push({ name, op: 'VarHandleOp', input: [], attr: handle });
  recorder.nodes.push({ name: `${name}/value`, op: 'ReadVariableOp', input: [name], attr: { dtype } });
  addPlaceholder(recorder, `${name}/new`, variable);
  // A copy, so that the variable never holds memory that was fed: the binding that comes with the npm package shares it with a JavaScript array,
  // which may be let go on the JavaScript thread only, whereas a variable lets go of its old value on any of TensorFlow's.
  recorder.nodes.push({ name: `${name}/copy`, op: 'DeepCopy', input: [`${name}/new`], attr: { T: dtype } });
  recorder.nodes.push({ name: `${name}/write`, op: 'AssignVariableOp', input: [name, `${name}/copy`], attr: { dtype } });
  recorder.bind(variable, `${name}/value`);
}

/** Assigns what the step left in the variable, after the value that the step began with has been read; what was changed in place is there already. */
function addAssignment(recorder: Recorder, name: string, variable: tf.Variable): string {
  const value = recorder.placeOf(variable, 'AssignVariableOp');
  const update = recorder.updates.get(name);
  if (update !== undefined && value === `${name}/updated`) return update;
  const assignment = `${name}/assign`;
  const input = [name, value, `^${name}/value`, ...(update === undefined ? [] : [`^${name}/updated`])];
  recorder.nodes.push({ name: assignment, op: 'AssignVariableOp', input, attr: { dtype: typeAttribute('float32') } });
  return assignment;
}

/** A result, given only when all assignments are done: asking for any output runs the whole step. */
function addOutput(recorder: Recorder, name: string, tensor: tf.Tensor, assigned: readonly string[]): string {
  if (!isGraphDataType(tensor.dtype))
    throw new StepRefusal('Identity', `a result has dtype ${tensor.dtype}`, 'Return float32, int32 or bool.');
  const input = [recorder.placeOf(tensor, 'Identity'), ...assigned.map((assignment) => `^${assignment}`)];
  recorder.nodes.push({ name, op: 'Identity', input, attr: { T: typeAttribute(tensor.dtype) } });
  return name;
}

function allWritten(variableCount: number): GraphNode {
  const input = Array.from({ length: variableCount }, (_, index) => `^variable${index}/write`);
  const tensor = { dtype: 10, tensorShape: shapeProto([]), tensorContent: Uint8Array.of(1) };
  return { name: WRITTEN, op: 'Const', input, attr: { dtype: typeAttribute('bool'), value: { tensor } } };
}

function refuseForeignAssignments(before: ReadonlyMap<tf.Variable, object>, known: readonly tf.Variable[]): void {
  for (const [variable, dataId] of before) {
    if (variable.dataId !== dataId && !known.includes(variable))
      throw new StepRefusal(
        'AssignVariableOp',
        `it assigns variable ${variable.name}, which is not among the step's variables`,
        'Name it in `variables`.',
      );
  }
}

function refuseDifference(first: readonly GraphNode[], second: readonly GraphNode[]): void {
  const hint = 'Feed what changes from call to call: random numbers, counts, a learning rate.';
  for (const [index, node] of first.entries()) {
    if (isDeepStrictEqual(node, second[index])) continue;
    const consumer = first.find(({ input }) => input.includes(node.name))?.op ?? node.op;
    const reason =
      node.op === 'Const' && second[index]?.op === 'Const'
        ? `a constant that ${consumer} takes changes from call to call`
        : `${node.op} is not there on every call`;
    throw new StepRefusal(consumer, reason, hint);
  }
  if (second.length > first.length)
    throw new StepRefusal(second[first.length]!.op, `${second[first.length]!.op} is not there on every call`, hint);
}

function record<Name extends string, Value>(names: readonly Name[], values: readonly Value[]): Record<Name, Value> {
  return Object.fromEntries(names.map((name, index) => [name, values[index]!])) as Record<Name, Value>;
}
