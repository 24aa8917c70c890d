import { type NativeBackend, type OpAttribute } from '../backend/native.ts';
import { tf } from '../tf.ts';
import { rectifierStaysApart } from './apart.ts';
import { dataTypes, graphAttributes, type GraphNode, isGraphDataType, shapeProto, typeAttribute } from './graph-def.ts';
import { type InPlaceUpdate, listenToUpdates } from './in-place.ts';
import { inferredAttributes } from './inferred-attributes.ts';
import { optimizerMarks } from './optimizer-marks.ts';
import { StepRefusal } from './refusal.ts';
import { MAXIMUM_CONSTANT_BYTES } from './saved-model.ts';

/** Operations whose result is not a function of their inputs: a graph would draw other numbers than the step run one by one. */
const statefulOperations: ReadonlySet<string> = new Set(['Multinomial', 'RandomStandardNormal', 'RandomUniform', 'TruncatedNormal']);

/**
 * Writes down every operation that goes through the native backend while it is active, as the nodes of a graph.
 * A tensor is known by its `dataId`: results of recorded operations and bound inputs have a place in the graph, anything else becomes a constant.
 */
export class Recorder {
  readonly nodes: GraphNode[] = [];
  readonly #backend: NativeBackend;
  readonly #readSync: NativeBackend['readSync'];
  /** dataId → where its value stands in the graph. */
  readonly #places = new Map<object, string>();
  /** dataId → name, of the variables of this process that the step was not told to have. */
  readonly #foreignVariables: ReadonlyMap<object, string>;
  /** The variables that are changed in place: the node that does it, by the variable's name in the graph. */
  readonly updates = new Map<string, string>();
  #isPaused = false;
  #constantBytes = 0;
  #refusal: StepRefusal | undefined;

  constructor(backend: NativeBackend, foreignVariables: ReadonlyMap<object, string>) {
    this.#backend = backend;
    this.#readSync = backend.readSync.bind(backend);
    this.#foreignVariables = foreignVariables;
  }

  /** Says that `tensor` has the value of the graph's `place`. */
  bind(tensor: tf.TensorInfo, place: string): void {
    this.#places.set(tensor.dataId, place);
  }

  /** Where in the graph the value of `tensor` stands; a tensor from outside is written in as a constant. */
  placeOf(tensor: tf.TensorInfo, consumer: string): string {
    const known = this.#places.get(tensor.dataId);
    if (known !== undefined) return known;
    const variable = this.#foreignVariables.get(tensor.dataId);
    if (variable !== undefined)
      throw this.#refuse(
        consumer,
        `${consumer} reads variable ${variable}, which is not among the step's variables`,
        'Name it in `variables`.',
      );
    const place = this.#addConstant(tensor, consumer);
    this.#places.set(tensor.dataId, place);
    return place;
  }

  /** Runs `step` with the backend's calls written down, and reading of values refused. */
  record<Result>(step: () => Result): Result {
    const backend = this.#backend;
    const { executeSingleOutput, executeMultipleOutputs, readSync, read } = backend;
    backend.executeSingleOutput = (operation, attributes, inputs) => {
      if (this.#isPaused) return executeSingleOutput.call(backend, operation, attributes, inputs);
      const node = this.#describe(operation, attributes, inputs);
      const output = executeSingleOutput.call(backend, operation, attributes, inputs);
      this.#add(node, [output]);
      return output;
    };
    backend.executeMultipleOutputs = (operation, attributes, inputs, outputCount) => {
      if (this.#isPaused) return executeMultipleOutputs.call(backend, operation, attributes, inputs, outputCount);
      const node = this.#describe(operation, attributes, inputs);
      const outputs = executeMultipleOutputs.call(backend, operation, attributes, inputs, outputCount);
      this.#add(node, outputs);
      return outputs;
    };
    backend.readSync = (dataId) => {
      this.#refuseReading(dataId);
      return readSync.call(backend, dataId);
    };
    backend.read = (dataId) => {
      this.#refuseReading(dataId);
      return read.call(backend, dataId);
    };
    try {
      const result = listenToUpdates({ update: (update) => this.#updateInPlace(update) }, step);
      // A step may catch the error that refused it, and go on with a value that only this one recording had.
      if (this.#refusal !== undefined) throw this.#refusal;
      return result;
    } finally {
      Object.assign(backend, { executeSingleOutput, executeMultipleOutputs, readSync, read });
    }
  }

  /** Writes down one operation on the variables' resources; false when one of them has been assigned already, whose resource still has the old value. */
  #updateInPlace({ operation, attributes, variables, inputs, composed }: InPlaceUpdate): boolean {
    const names = variables.map(({ dataId }) => /^(variable\d+)\/value$/.exec(this.#places.get(dataId) ?? '')?.[1]);
    if (!names.every((name) => name !== undefined)) return false;
    // The values that the step began with are read first.
    const input = [...names, ...inputs.map((tensor) => this.placeOf(tensor, operation)), ...names.map((name) => `^${name}/value`)];
    const node = `operation${this.nodes.length}/${operation}`;
    this.nodes.push({ name: node, op: operation, input, attr: graphAttributes(this.#backend.binding, operation, attributes) });
    this.#isPaused = true;
    try {
      composed();
    } finally {
      this.#isPaused = false;
    }
    variables.forEach((variable, index) => {
      const name = names[index]!;
      const read = `${name}/updated`;
      this.nodes.push({ name: read, op: 'ReadVariableOp', input: [name, `^${node}`], attr: { dtype: typeAttribute('float32') } });
      this.updates.set(name, node);
      this.bind(variable, read);
    });
    return true;
  }

  /** The node of an operation that is about to run; constants that it takes are added before it. */
  #describe(op: string, attributes: readonly OpAttribute[], inputs: readonly tf.TensorInfo[]): GraphNode {
    if (statefulOperations.has(op)) throw this.#refuse(op, `${op} draws random numbers`, 'Draw them outside of the step and feed them.');
    const input = inputs.map((tensor) => {
      if (tensor.dataId === undefined) throw this.#refuse(op, `${op} takes a 64-bit integer`, 'Run this step uncompiled.');
      return this.placeOf(tensor, op);
    });
    const attr = { ...optimizerMarks(op), ...inferredAttributes(op, inputs), ...graphAttributes(this.#backend.binding, op, attributes) };
    if (rectifierStaysApart(op, input[0], inputs[0])) {
      const zero = { dtype: dataTypes.float32, tensorShape: shapeProto([]), tensorContent: new Uint8Array(4) };
      const name = `constant${this.nodes.length}`;
      this.nodes.push({ name, op: 'Const', input: [], attr: { dtype: typeAttribute('float32'), value: { tensor: zero } } });
      return { name: `operation${this.nodes.length}/Maximum`, op: 'Maximum', input: [...input, name], attr };
    }
    return { name: `operation${this.nodes.length}/${op}`, op, input, attr };
  }

  #add(node: GraphNode, outputs: readonly tf.Tensor[]): void {
    this.nodes.push(node);
    outputs.forEach((output, index) => this.bind(output, index === 0 ? node.name : `${node.name}:${index}`));
  }

  #addConstant({ dataId, shape, dtype }: tf.TensorInfo, consumer: string): string {
    if (!isGraphDataType(dtype))
      throw this.#refuse(consumer, `${consumer} takes a constant of dtype ${dtype}`, 'Run this step uncompiled.');
    const values = this.#readSync(dataId) as Float32Array | Int32Array | Uint8Array;
    this.#constantBytes += values.byteLength;
    if (this.#constantBytes > MAXIMUM_CONSTANT_BYTES)
      throw this.#refuse(
        consumer,
        `the tensors it takes from outside hold more than ${MAXIMUM_CONSTANT_BYTES / 2 ** 30} GiB`,
        'Make them variables or feeds.',
      );
    const name = `constant${this.nodes.length}`;
    const tensorContent = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
    const tensor = { dtype: dataTypes[dtype], tensorShape: shapeProto(shape), tensorContent };
    this.nodes.push({ name, op: 'Const', input: [], attr: { dtype: typeAttribute(dtype), value: { tensor } } });
    return name;
  }

  #refuseReading(dataId: object): void {
    const place = this.#places.get(dataId);
    if (place === undefined || place.startsWith('constant')) return;
    const producer = /^operation\d+\/(\w+)/.exec(place)?.[1] ?? place.split('/')[0]!;
    throw this.#refuse(
      producer,
      `it reads a value that ${producer} gives, in the middle of the step`,
      'Return the tensor from the step and read it afterwards; feed what decides the way of the step.',
    );
  }

  #refuse(kernel: string, reason: string, hint: string): StepRefusal {
    this.#refusal ??= new StepRefusal(kernel, reason, hint);
    return this.#refusal;
  }
}

/** The variables of this process by `dataId`, apart from `known`. */
export function foreignVariables(known: readonly tf.Variable[]): Map<object, string> {
  const own = new Set(known.map(({ dataId }) => dataId));
  const registered = Object.values(tf.engine().registeredVariables);
  return new Map(registered.filter(({ dataId }) => !own.has(dataId)).map(({ dataId, name }) => [dataId, name]));
}
