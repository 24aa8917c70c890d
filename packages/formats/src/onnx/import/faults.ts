import { EspalierError, type ErrorCode } from '@espalier/core';
import type { OnnxNode } from '../proto.ts';

/** How a node is called in messages: its own name, or what it makes, for ONNX asks for no names. */
export const nodeName = (node: OnnxNode): string => (node.name === '' ? `making ${node.outputs[0] ?? 'nothing'}` : node.name);

function nodeFault(code: ErrorCode, node: OnnxNode, opset: number, rule: string, hint: string): EspalierError {
  const operator = node.domain === '' ? node.operator : `${node.domain}.${node.operator}`;
  return new EspalierError(code, `ONNX node ${nodeName(node)} (${operator}, opset ${opset}): ${rule}`, {
    hint,
    path: ['onnx', nodeName(node)],
  });
}

/** What ONNX can say and Espalier's layers cannot. */
export const unsupportedNode = (node: OnnxNode, opset: number, rule: string, hint: string): EspalierError =>
  nodeFault('UNSUPPORTED_LAYER', node, opset, rule, hint);

/** A node that contradicts its own inputs, or ONNX's rules. */
export const badNode = (node: OnnxNode, opset: number, rule: string, hint = 'Export the network again.'): EspalierError =>
  nodeFault('BAD_NETWORK', node, opset, rule, hint);

/** A tensor of the graph (an input, an output, a weight) that cannot be what it says. */
export const badValue = (name: string, rule: string, hint = 'Export the network again.'): EspalierError =>
  new EspalierError('BAD_NETWORK', `ONNX tensor ${name} ${rule}`, { hint, path: ['onnx', name] });

export const unsupportedValue = (name: string, rule: string, hint: string): EspalierError =>
  new EspalierError('UNSUPPORTED_LAYER', `ONNX tensor ${name} ${rule}`, { hint, path: ['onnx', name] });
