import type { NetworkData, Weight } from '@espalier/core';
import { elementCount } from '@espalier/network';
import { belongTogether, refuseNotFinite } from '../checked-weights.ts';
import { badArtifact } from '../faults.ts';
import { inSilence, type Reading } from '../format.ts';
import { fixInputShape } from '../input-shape.ts';
import { isRecord } from '../keras/config/inbound.ts';
import { readModelConfig } from '../keras/config/read.ts';
import type { LayerWeights } from '../keras/model.ts';
import { readKerasNetwork } from '../keras/read-network.ts';
import { bytesOfType, toFloat32 } from '../weight-values.ts';
import { parseModelJson, parseTopology, type WeightGroup } from './schema.ts';
import { modelFile } from './write.ts';

/** A file that can say its size before it is read. */
export interface ModelFile {
  readonly size: number;
  read(): Uint8Array;
}

/** Far above any topology seen (DenseNet-121 has 0.15 MB, in the words of Keras 3 0.7), and some seconds' work for whatever reads it. */
export const largestModelJson = 8 * 2 ** 20;

/**
 * Reads the files of a TF.js LayersModel, which may lie in a folder of their own. Throws BAD_ARTIFACT naming the file or weight, and
 * BAD_NETWORK or UNSUPPORTED_LAYER naming the layer for a topology that contradicts itself or is not understood.
 */
export const readLayersModel = (files: ReadonlyMap<string, ModelFile>, reading: Reading = inSilence): NetworkData =>
  readLayersModelAt(findModelJson(files), files, reading);

/** `readLayersModel` with the name of the JSON file known. */
export function readLayersModelAt(name: string, files: ReadonlyMap<string, ModelFile>, reading: Reading): NetworkData {
  const file = files.get(name)!;
  if (file.size > largestModelJson)
    throw badArtifact(
      `${name} has ${file.size} bytes; at most ${largestModelJson} are read`,
      [name],
      'Keep the weights in files of their own.',
    );
  const { model, manifest } = parseModelJson(file.read(), name);
  const folder = name.slice(0, name.lastIndexOf('/') + 1);
  const widened = new Set<string>();
  const weights = manifest.flatMap((group) => readGroup(group, files, folder, widened));
  for (const type of widened) reading.warn(`There are ${type} weights in the file; as float32 each is the same number.`);
  if (isKerasDialect(model)) {
    const config = readModelConfig(model, String(model['keras_version']).startsWith('3') ? 3 : 2, name);
    return readKerasNetwork(config, byLayer(weights), reading);
  }
  const topology = fixInputShape(parseTopology(model, name), reading);
  for (const { name: weight, values } of weights) refuseNotFinite(weight, values);
  return { topology, weights: belongTogether(topology, weights) };
}

/** Sequential models, and what the converter of TF.js leaves of models of Keras 3. */
function isKerasDialect({ class_name: type, config }: Readonly<Record<string, unknown>>): boolean {
  if (type === 'Sequential') return true;
  const layers = isRecord(config) ? config['layers'] : undefined;
  return Array.isArray(layers) && layers.some((layer) => isRecord(layer) && (typeof layer['module'] === 'string' || hasKeras3Calls(layer)));
}

const hasKeras3Calls = ({ inbound_nodes: calls }: Readonly<Record<string, unknown>>): boolean =>
  Array.isArray(calls) && calls.some((call) => isRecord(call) && 'args' in call);

/** Weights named `layer/role`, or with the names of models before that. */
function byLayer(weights: readonly Weight[]): ReadonlyMap<string, LayerWeights> {
  const layers = new Map<string, LayerWeights>();
  for (const { name, shape, values } of weights) {
    const layer = name.split('/').at(-2) ?? name;
    layers.set(layer, [...(layers.get(layer) ?? []), { shape, values }]);
  }
  return layers;
}

function findModelJson(files: ReadonlyMap<string, ModelFile>): string {
  const found = [...files.keys()].filter((name) => name === modelFile || name.endsWith(`/${modelFile}`));
  const [only] = found;
  if (only === undefined)
    throw badArtifact(`there is no ${modelFile} among ${files.size} files`, [modelFile], 'Save the network with tf.LayersModel.save.');
  if (found.length > 1)
    throw badArtifact(`there are ${found.length} files named ${modelFile}: ${found.join(', ')}`, [modelFile], 'Pack one network alone.');
  return only;
}

function readGroup({ paths, weights }: WeightGroup, files: ReadonlyMap<string, ModelFile>, folder: string, widened: Set<string>): Weight[] {
  const shards = paths.map((path) => {
    const name = folder + path;
    const file = files.get(name);
    if (file === undefined) throw badArtifact(`${name} is missing`, [name], 'Pack every file that model.json names.');
    return { name, file };
  });
  const stored = weights.map((weight) => ({ ...weight, type: storedType(weight) }));
  const place = shards.map(({ name }) => name).join(', ');
  const expected = stored.reduce((bytes, { shape, type }) => bytes + elementCount(shape) * bytesOfType[type]!, 0);
  const actual = shards.reduce((bytes, { file }) => bytes + file.size, 0);
  if (expected !== actual)
    throw badArtifact(
      `${place} has ${actual} bytes, but the weights it should hold take ${expected}`,
      [place],
      'Export topology and weights together.',
    );
  const [first] = shards;
  const bytes =
    shards.length === 1
      ? first!.file.read()
      : joined(
          shards.map(({ file }) => file.read()),
          actual,
        );
  let offset = 0;
  return stored.map(({ name, shape, type }) => {
    const size = elementCount(shape) * bytesOfType[type]!;
    const values = toFloat32(name, type, bytes.slice(offset, offset + size));
    offset += size;
    if (type !== 'float32') widened.add(type);
    return { name, shape, values };
  });
}

/** The type of the numbers in the file: of a half-precision export it is said beside. Throws BAD_ARTIFACT for what is no float32 without a loss. */
function storedType({ name, dtype, quantization }: WeightGroup['weights'][number]): string {
  const type = isRecord(quantization) && dtype === 'float32' ? quantization['dtype'] : dtype;
  const isScaled = isRecord(quantization) && (quantization['scale'] !== undefined || quantization['dtype'] !== 'float16');
  if (typeof type === 'string' && Object.hasOwn(bytesOfType, type) && !isScaled) return type;
  throw badArtifact(
    `weight ${name} is ${quantization === undefined ? dtype : 'quantised'}, not float32`,
    ['weights', name],
    'Export the network with plain float32 weights.',
  );
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
