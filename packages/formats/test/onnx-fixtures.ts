import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { createGenerator, type Generator } from '@espalier/core';
import { elementCount } from '@espalier/network';
import { decodeModel, encodeModel, type OnnxModel, type OnnxTensor, onnxType } from '../src/onnx/proto.ts';

const folder = fileURLToPath(new URL('../fixtures/onnx/', import.meta.url));

/** What `make.py` in `fixtures/onnx` has written: `network.exporter.opset`. */
export const onnxFixtures: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith('.onnx.gz'))
  .map((file) => file.slice(0, -'.onnx.gz'.length))
  .sort();

/** Of each network the newest file of each exporter; without VGG-16, which is VGG-11 with more of the same and takes seconds. */
export const newestFixtures: readonly string[] = [
  ...new Map(onnxFixtures.filter((name) => !name.startsWith('vgg16')).map((name) => [name.slice(0, name.lastIndexOf('.')), name])).values(),
];

/** An exported network with weights drawn from its name, as the bytes of an ONNX file. */
export const onnxFixture = (name: string): Uint8Array => encodeModel(onnxFixtureModel(name));

export function onnxFixtureModel(name: string): OnnxModel {
  const model = decodeModel(gunzipSync(readFileSync(`${folder}${name}.onnx.gz`)));
  const uses = weightUses(model);
  const gain = model.graph.nodes.some(({ operator }) => operator === 'Sigmoid' || operator === 'HardSigmoid') ? gainOfGates : 1;
  const initializers = model.graph.initializers.map((tensor) => filled(tensor, uses.get(tensor.name) ?? 'other', gain, name));
  return { ...model, graph: { ...model.graph, initializers } };
}

/** Gates and swishes let half of a signal through; without more of it, nothing of the picture would be left behind fifty of them. */
const gainOfGates = 2;

type Use = 'kernel' | 'variance' | 'gamma' | 'other';

function weightUses({ graph }: OnnxModel): Map<string, Use> {
  const uses = new Map<string, Use>();
  for (const { operator, inputs } of graph.nodes) {
    if (['Conv', 'ConvTranspose', 'Gemm', 'MatMul'].includes(operator)) uses.set(inputs[1] ?? '', 'kernel');
    if (operator === 'BatchNormalization') {
      uses.set(inputs[1] ?? '', 'gamma');
      uses.set(inputs[4] ?? '', 'variance');
    }
  }
  return uses;
}

/** An emptied tensor, which has a first dimension of 0 before its own, with its numbers drawn anew. */
function filled(tensor: OnnxTensor, use: Use, gain: number, fixture: string): OnnxTensor {
  const [first, ...shape] = tensor.shape;
  if (tensor.type !== onnxType.float || first !== 0) return tensor;
  const generator = createGenerator(5, fixture, tensor.name);
  const count = elementCount(shape);
  const values = new Float32Array(count);
  // Kernels: variance 2/fan-in (He et al. 2015), so that a picture comes through a hundred layers alive.
  const fanIn = shape.length === 2 ? Math.max(...shape) : count / shape[0]!;
  for (let index = 0; index < count; index++) values[index] = drawn(generator, use, fanIn) * (use === 'kernel' ? gain : 1);
  return { ...tensor, shape, raw: new Uint8Array(values.buffer) };
}

function drawn(generator: Generator, use: Use, fanIn: number): number {
  const spread = 2 * generator.uniform() - 1;
  if (use === 'kernel') return spread * Math.sqrt(6 / fanIn);
  return (use === 'other' ? 0 : 1) + 0.1 * spread;
}
