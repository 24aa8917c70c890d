import { createGenerator, EspalierError, type Generator } from '@espalier/core';
import { importOnnx } from '../src/onnx/import/import.ts';
import { type OnnxAttribute, type OnnxModel, type OnnxNode, type OnnxTensor, onnxType } from '../src/onnx/proto.ts';

/** The file is read, or refused as an expected failure: anything else that is thrown is a bug. */
export function readOrRefused(bytes: Uint8Array, what: string): boolean {
  try {
    importOnnx(bytes);
    return true;
  } catch (error) {
    if (error instanceof EspalierError) return false;
    throw new Error(`${what} was not refused but threw`, { cause: error });
  }
}

const pick = <Item>(generator: Generator, items: readonly Item[]): Item => items[generator.integer(items.length)]!;
/** Numbers that attributes and indices are not made for. */
const strange = [0, -1, 1, 2, 3, 7, -9, 1e3, 2 ** 20, 2 ** 31, 2 ** 40, -(2 ** 53), 2 ** 53];

function strangeAttribute(generator: Generator, attribute: OnnxAttribute): OnnxAttribute {
  if (attribute.kind === 'integer') return { kind: 'integer', value: pick(generator, strange) };
  if (attribute.kind === 'float') return { kind: 'float', value: pick(generator, [NaN, Infinity, 0, -1, 1e38]) };
  if (attribute.kind === 'integers') {
    const value = [...attribute.value];
    if (generator.integer(3) === 0) value.length = generator.integer(value.length + 1);
    else value[generator.integer(value.length + 1)] = pick(generator, strange);
    return { kind: 'integers', value: value.map((number) => number ?? 0) };
  }
  return attribute.kind === 'text' ? { kind: 'text', value: pick(generator, ['', 'SAME_UPPER', 'linear', 'x']) } : attribute;
}

function strangeTensor(generator: Generator, tensor: OnnxTensor): OnnxTensor {
  const raw = tensor.raw.slice();
  if (tensor.type === onnxType.int64 && raw.length > 0)
    new DataView(raw.buffer).setBigInt64(8 * generator.integer(raw.length / 8), BigInt(pick(generator, strange)), true);
  else if (generator.integer(2) === 0) return { ...tensor, raw, shape: generator.shuffle([...tensor.shape]) };
  else return { ...tensor, raw, shape: [1, ...tensor.shape] };
  return { ...tensor, raw };
}

/** The model with one thing changed that leaves it a well-formed file: what a damaged exporter would write. */
export function mutated(model: OnnxModel, seed: number): OnnxModel {
  const generator = createGenerator(seed, 'mutation');
  const { graph } = model;
  const nodes = [...graph.nodes];
  const place = generator.integer(nodes.length);
  const chosen: OnnxNode = nodes[place]!;
  const names = [...new Set(nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]))];
  const change = generator.integer(8);
  if (change === 0) nodes[place] = { ...chosen, operator: pick(generator, nodes).operator };
  if (change === 1)
    nodes[place] = { ...chosen, inputs: chosen.inputs.map((name) => (generator.integer(2) === 0 ? name : pick(generator, names))) };
  if (change === 2) nodes[place] = { ...chosen, inputs: chosen.inputs.slice(0, generator.integer(chosen.inputs.length + 1)) };
  if (change === 3) nodes[place] = { ...chosen, outputs: [...chosen.outputs, pick(generator, names)].slice(generator.integer(2)) };
  if (change === 4) {
    const attributes = [...chosen.attributes].map(([name, attribute]) => [name, strangeAttribute(generator, attribute)] as const);
    nodes[place] = { ...chosen, attributes: new Map(attributes) };
  }
  const initializers = [...graph.initializers];
  if (change === 5 || change === 6) {
    const which = generator.integer(initializers.length);
    initializers[which] = strangeTensor(generator, initializers[which]!);
  }
  const inputs =
    change === 7
      ? graph.inputs.map((input) => ({
          ...input,
          shape: input.shape!.map((size) => (generator.integer(2) === 0 ? size : pick(generator, strange))),
        }))
      : graph.inputs;
  return { ...model, graph: { ...graph, nodes, initializers, inputs } };
}
