import { EspalierError, type InboundTensor } from '@espalier/core';

/** What one call of a layer reads: tensors, and whatever stands among them. */
export interface KerasCall {
  readonly tensors: readonly InboundTensor[];
  readonly constants: readonly unknown[];
}

/**
 * Reads a call: in Keras 3 `{args, kwargs}` with tensors as `{class_name: '__keras_tensor__'}` wherever they occur, before that a list of
 * [layer, call, output, arguments]. Other arguments only say how to train or mask.
 */
export function readCall(layer: string, node: unknown): KerasCall {
  const constants: unknown[] = [];
  if (isRecord(node)) {
    const tensors = tensorsIn(layer, [node['args'], onlyTensors(node['kwargs'])], [], constants);
    return { tensors, constants };
  }
  if (isReference(node)) return { tensors: [reference(node)], constants };
  if (!Array.isArray(node)) throw unreadable(layer);
  const tensors = node.map((entry) => {
    if (!isReference(entry)) throw unreadable(layer);
    if (isRecord(entry[3]) && Object.values(entry[3]).some(isReference))
      throw unsupported(layer, 'reads a tensor by name of an argument', 'Write it as a layer that reads its inputs in order.');
    return reference(entry);
  });
  return { tensors, constants };
}

function tensorsIn(layer: string, value: unknown, found: InboundTensor[], constants: unknown[]): InboundTensor[] {
  if (isKerasTensor(value)) {
    const history = isRecord(value['config']) ? value['config']['keras_history'] : undefined;
    if (!isReference(history)) throw unreadable(layer);
    found.push(reference(history));
  } else if (Array.isArray(value)) for (const inner of value) tensorsIn(layer, inner, found, constants);
  else if (value !== null && value !== undefined) constants.push(value);
  return found;
}

/** The arguments by name that are tensors, or hold some. */
function onlyTensors(kwargs: unknown): unknown[] {
  if (!isRecord(kwargs)) return [];
  const holdsTensor = (value: unknown): boolean => isKerasTensor(value) || (Array.isArray(value) && value.some(holdsTensor));
  return Object.values(kwargs).filter(holdsTensor);
}

/** [layer, call, output], one of it or several, in a list or by name. */
export function readReferences(value: unknown): [string, number, number][] {
  if (isReference(value)) return [[value[0], value[1], value[2]]];
  if (Array.isArray(value)) return value.flatMap(readReferences);
  if (isRecord(value)) return Object.values(value).flatMap(readReferences);
  return [];
}

type Reference = readonly [string, number, number, unknown?];

const isReference = (value: unknown): value is Reference =>
  Array.isArray(value) &&
  (value.length === 3 || value.length === 4) &&
  typeof value[0] === 'string' &&
  isIndex(value[1]) &&
  isIndex(value[2]);

const isIndex = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

const reference = ([layer, call, tensor]: Reference): InboundTensor => [layer, call, tensor, {}];

const isKerasTensor = (value: unknown): value is Record<string, unknown> => isRecord(value) && value['class_name'] === '__keras_tensor__';

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const unreadable = (layer: string): EspalierError =>
  new EspalierError('BAD_ARTIFACT', `layer ${layer}: what it reads is not written as Keras writes it`, {
    hint: 'Save the model again, with Keras 2 or 3.',
    path: ['layers', layer, 'inbound_nodes'],
  });

export const unsupported = (layer: string, message: string, hint: string): EspalierError =>
  new EspalierError('UNSUPPORTED_LAYER', `layer ${layer}: ${message}`, { hint, path: ['layers', layer] });
