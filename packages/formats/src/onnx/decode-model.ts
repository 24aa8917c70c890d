import { badArtifact } from '../faults.ts';
import { decodeTensor } from './decode-tensor.ts';
import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from './model.ts';
import { WireReader } from './wire-reader.ts';

/** Beyond this a file is a mistake or an attack; the largest networks for pictures have a few thousand nodes. */
const mostNodes = 200_000;

const damaged = 'It is damaged, or no ONNX file; export it again.';

/**
 * Reads an ONNX file (a ModelProto). Tensors are views of `bytes`. Throws BAD_ARTIFACT for malformed bytes, and naming the tensor for values that
 * are kept in another file, sparse tensors, and values that do not fill their shape. Whether the graph makes sense is not looked at.
 */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  // Node's Buffer is a Uint8Array that slices otherwise, and prints its views otherwise.
  const reader = new WireReader(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const opsets = new Map<string, number>();
  const functions: string[] = [];
  const producer = { name: '', version: '' };
  let irVersion = 0;
  let graph: OnnxGraph | undefined;
  reader.fields({
    1: (wire) => (irVersion = reader.integer(wire)),
    2: (wire) => (producer.name = reader.text(wire)),
    3: (wire) => (producer.version = reader.text(wire)),
    7: (wire) => (graph = decodeGraph(reader.message(wire))),
    8: (wire) => {
      const { domain, version } = decodeOpset(reader.message(wire));
      opsets.set(standardDomain(domain), version);
    },
    25: (wire) => functions.push(decodeFunctionName(reader.message(wire))),
  });
  if (graph === undefined || irVersion === 0) throw badArtifact('the file holds no ONNX graph', ['onnx'], damaged);
  return { irVersion, opsets, producer, graph, functions };
}

/** `ai.onnx` is a second name of the domain ''. */
const standardDomain = (domain: string): string => (domain === 'ai.onnx' ? '' : domain);

function decodeOpset(reader: WireReader): { domain: string; version: number } {
  const opset = { domain: '', version: 0 };
  reader.fields({ 1: (wire) => (opset.domain = reader.text(wire)), 2: (wire) => (opset.version = reader.integer(wire)) });
  return opset;
}

function decodeFunctionName(reader: WireReader): string {
  let name = '';
  let domain = '';
  reader.fields({ 1: (wire) => (name = reader.text(wire)), 10: (wire) => (domain = reader.text(wire)) });
  return `${domain}.${name}`;
}

function decodeGraph(reader: WireReader): OnnxGraph {
  const graph = {
    name: '',
    nodes: [] as OnnxNode[],
    initializers: [] as OnnxTensor[],
    inputs: [] as OnnxValue[],
    outputs: [] as OnnxValue[],
    valueInfo: [] as OnnxValue[],
  };
  reader.fields({
    1: (wire) => {
      if (graph.nodes.length === mostNodes) throw badArtifact(`the ONNX graph has more than ${mostNodes} nodes`, ['onnx'], damaged);
      graph.nodes.push(decodeNode(reader.message(wire)));
    },
    2: (wire) => (graph.name = reader.text(wire)),
    5: (wire) => graph.initializers.push(decodeTensor(reader.message(wire))),
    11: (wire) => graph.inputs.push(decodeValue(reader.message(wire))),
    12: (wire) => graph.outputs.push(decodeValue(reader.message(wire))),
    13: (wire) => graph.valueInfo.push(decodeValue(reader.message(wire))),
    15: (wire) => refuseSparse(reader.message(wire)),
  });
  return graph;
}

function refuseSparse(reader: WireReader): never {
  let name = '';
  reader.fields({ 1: (wire) => (name = decodeTensor(reader.message(wire)).name) });
  throw badArtifact(`ONNX tensor ${name} is sparse`, ['onnx', name], 'Export the network with dense weights.');
}

function decodeNode(reader: WireReader): OnnxNode {
  const node = { name: '', operator: '', domain: '', inputs: [] as string[], outputs: [] as string[] };
  const attributes = new Map<string, OnnxAttribute>();
  reader.fields({
    1: (wire) => node.inputs.push(reader.text(wire)),
    2: (wire) => node.outputs.push(reader.text(wire)),
    3: (wire) => (node.name = reader.text(wire)),
    4: (wire) => (node.operator = reader.text(wire)),
    5: (wire) => {
      const [name, attribute] = decodeAttribute(reader.message(wire));
      attributes.set(name, attribute);
    },
    7: (wire) => (node.domain = standardDomain(reader.text(wire))),
  });
  return { ...node, attributes };
}

/** AttributeProto.AttributeType, as far as it is read. */
const attributeKinds: Readonly<Record<number, OnnxAttribute['kind']>> = {
  1: 'float',
  2: 'integer',
  3: 'text',
  4: 'tensor',
  6: 'floats',
  7: 'integers',
  8: 'texts',
};

function decodeAttribute(reader: WireReader): [name: string, attribute: OnnxAttribute] {
  let name = '';
  let type = 0;
  let float = 0;
  let integer = 0;
  let text = '';
  let tensor: OnnxTensor | undefined;
  const floats: number[] = [];
  const integers: number[] = [];
  const texts: string[] = [];
  /** The kind by the field that was filled, for files from before attributes said their type. */
  let filled: OnnxAttribute['kind'] = 'other';
  reader.fields({
    1: (wire) => (name = reader.text(wire)),
    2: (wire) => ((float = reader.float(wire)), (filled = 'float')),
    3: (wire) => ((integer = reader.integer(wire)), (filled = 'integer')),
    4: (wire) => ((text = reader.latin(wire)), (filled = 'text')),
    5: (wire) => ((tensor = decodeTensor(reader.message(wire))), (filled = 'tensor')),
    7: (wire) => (reader.floats(wire, floats), (filled = 'floats')),
    8: (wire) => (reader.integers(wire, integers), (filled = 'integers')),
    9: (wire) => (texts.push(reader.latin(wire)), (filled = 'texts')),
    20: (wire) => (type = reader.integer(wire)),
  });
  const kind = type === 0 ? filled : (attributeKinds[type] ?? 'other');
  if (kind === 'float') return [name, { kind, value: float }];
  if (kind === 'integer') return [name, { kind, value: integer }];
  if (kind === 'text') return [name, { kind, value: text }];
  if (kind === 'floats') return [name, { kind, value: floats }];
  if (kind === 'integers') return [name, { kind, value: integers }];
  if (kind === 'texts') return [name, { kind, value: texts }];
  if (kind === 'tensor' && tensor !== undefined) return [name, { kind, value: tensor }];
  return [name, { kind: 'other' }];
}

function decodeValue(reader: WireReader): OnnxValue {
  let name = '';
  let type: number | null = null;
  let shape: OnnxValue['shape'] = null;
  reader.fields({
    1: (wire) => (name = reader.text(wire)),
    2: (wire) => {
      const value = reader.message(wire);
      value.fields({
        1: (inner) => {
          const tensor = value.message(inner);
          tensor.fields({
            1: (leaf) => (type = tensor.integer(leaf)),
            2: (leaf) => (shape = decodeShape(tensor.message(leaf))),
          });
        },
      });
    },
  });
  return { name, type, shape };
}

function decodeShape(reader: WireReader): (number | string | null)[] {
  const sizes: (number | string | null)[] = [];
  reader.fields({
    1: (wire) => {
      const dimension = reader.message(wire);
      let size: number | string | null = null;
      dimension.fields({
        1: (inner) => (size = dimension.integer(inner)),
        2: (inner) => (size = dimension.text(inner)),
      });
      sizes.push(size);
    },
  });
  return sizes;
}
