import { EspalierError } from '@espalier/core';
import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from './model.ts';
import { type DeferredBytes, WireWriter } from './wire-writer.ts';

/** protobuf messages end at 2 GiB; a larger network would need ONNX's external data. */
const largestMessage = 2 ** 31 - 1;

/** A tensor to be written: its values may be made where they are written. */
export interface OnnxTensorSource extends Omit<OnnxTensor, 'raw'> {
  readonly raw: Uint8Array | DeferredBytes;
}

export interface OnnxModelSource extends Omit<OnnxModel, 'graph' | 'functions'> {
  readonly graph: Omit<OnnxModel['graph'], 'initializers'> & { readonly initializers: readonly OnnxTensorSource[] };
}

/**
 * Writes an ONNX file. The same model gives the same bytes. It takes no memory to speak of beyond `model` and the file itself. Throws BAD_NETWORK
 * for one beyond protobuf's 2 GiB.
 */
export function encodeModel(model: OnnxModelSource): Uint8Array {
  const writer = new WireWriter()
    .integer(1, model.irVersion)
    .text(2, model.producer.name)
    .text(3, model.producer.version)
    .message(7, encodeGraph(model.graph));
  for (const [domain, version] of model.opsets) writer.message(8, new WireWriter().text(1, domain).integer(2, version));
  if (writer.byteLength > largestMessage)
    throw new EspalierError('BAD_NETWORK', `as one ONNX file the network takes ${writer.byteLength} bytes, but 2 GiB is the most`, {
      hint: 'Save it as a TF.js folder, or prune it first.',
      path: ['onnx'],
    });
  return writer.finish();
}

function encodeGraph(graph: OnnxModelSource['graph']): WireWriter {
  const writer = new WireWriter();
  for (const node of graph.nodes) writer.message(1, encodeNode(node));
  writer.text(2, graph.name);
  for (const tensor of graph.initializers) writer.message(5, encodeTensor(tensor));
  for (const value of graph.inputs) writer.message(11, encodeValue(value));
  for (const value of graph.outputs) writer.message(12, encodeValue(value));
  for (const value of graph.valueInfo) writer.message(13, encodeValue(value));
  return writer;
}

function encodeNode(node: OnnxNode): WireWriter {
  const writer = new WireWriter();
  for (const input of node.inputs) writer.text(1, input);
  for (const output of node.outputs) writer.text(2, output);
  writer.text(3, node.name).text(4, node.operator);
  for (const [name, attribute] of node.attributes) writer.message(5, encodeAttribute(name, attribute));
  if (node.domain !== '') writer.text(7, node.domain);
  return writer;
}

function encodeAttribute(name: string, attribute: OnnxAttribute): WireWriter {
  const writer = new WireWriter().text(1, name);
  switch (attribute.kind) {
    case 'float':
      return writer.float(2, attribute.value).integer(20, 1);
    case 'integer':
      return writer.integer(3, attribute.value).integer(20, 2);
    case 'text':
      return writer.text(4, attribute.value).integer(20, 3);
    case 'tensor':
      return writer.message(5, encodeTensor(attribute.value)).integer(20, 4);
    case 'floats':
      for (const value of attribute.value) writer.float(7, value);
      return writer.integer(20, 6);
    case 'integers':
      for (const value of attribute.value) writer.integer(8, value);
      return writer.integer(20, 7);
    case 'texts':
      for (const value of attribute.value) writer.text(9, value);
      return writer.integer(20, 8);
    case 'other':
      throw new Error(`attribute ${name} has a kind that is not written`);
  }
}

function encodeTensor({ name, type, shape, raw }: OnnxTensorSource): WireWriter {
  const writer = new WireWriter();
  for (const size of shape) writer.integer(1, size);
  return writer.integer(2, type).text(8, name).bytes(9, raw);
}

function encodeValue({ name, type, shape }: OnnxValue): WireWriter {
  const writer = new WireWriter().text(1, name);
  if (type === null) return writer;
  const tensor = new WireWriter().integer(1, type);
  if (shape !== null) tensor.message(2, encodeShape(shape));
  return writer.message(2, new WireWriter().message(1, tensor));
}

function encodeShape(shape: readonly (number | string | null)[]): WireWriter {
  const writer = new WireWriter();
  for (const size of shape) {
    const dimension = new WireWriter();
    if (typeof size === 'number') dimension.integer(1, size);
    if (typeof size === 'string') dimension.text(2, size);
    writer.message(1, dimension);
  }
  return writer;
}
