import { EspalierError, type NetworkData, type Topology, type Weight } from '@espalier/core';
import { checkWeights, elementCount, readGraph } from '@espalier/network';
import { badArtifact } from '../faults.ts';
import { type Reading, inSilence } from '../format.ts';
import { fixInputShape } from '../input-shape.ts';
import { firstNotFinite } from './finite.ts';
import { parseModelJson, type WeightGroup } from './schema.ts';
import { modelFile } from './write.ts';

/** A file that can say its size before it is read. */
export interface ModelFile {
  readonly size: number;
  read(): Uint8Array;
}

const bytesPerValue = 4;
/** Far above any topology seen (DenseNet-121 has 0.15 MB), far below what would hurt to parse. */
export const largestModelJson = 64 * 2 ** 20;

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
  const { topology: written, manifest } = parseModelJson(file.read(), name);
  const topology = fixInputShape(written, reading);
  const folder = name.slice(0, name.lastIndexOf('/') + 1);
  const weights = manifest.flatMap((group) => readGroup(group, files, folder));
  return { topology, weights: belongTogether(topology, weights) };
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

function readGroup({ paths, weights }: WeightGroup, files: ReadonlyMap<string, ModelFile>, folder: string): Weight[] {
  const shards = paths.map((path) => {
    const name = folder + path;
    const file = files.get(name);
    if (file === undefined) throw badArtifact(`${name} is missing`, [name], 'Pack every file that model.json names.');
    return { name, file };
  });
  for (const { name, dtype, quantization } of weights)
    if (dtype !== 'float32' || quantization !== undefined)
      throw badArtifact(
        `weight ${name} is ${quantization === undefined ? dtype : 'quantised'}, not float32`,
        ['weights', name],
        'Export the network with plain float32 weights.',
      );
  const place = shards.map(({ name }) => name).join(', ');
  const expected = weights.reduce((bytes, { shape }) => bytes + elementCount(shape) * bytesPerValue, 0);
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
  return weights.map(({ name, shape }) => {
    const values = new Float32Array(elementCount(shape));
    new Uint8Array(values.buffer).set(bytes.subarray(offset, offset + values.byteLength));
    offset += values.byteLength;
    refuseNotFinite(name, values);
    return { name, shape, values };
  });
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

/** Throws BAD_ARTIFACT, naming the weight and the place, for NaN and infinities. */
export function refuseNotFinite(name: string, values: Float32Array): void {
  const fault = firstNotFinite(values);
  if (fault === null) return;
  throw badArtifact(
    `weight ${name} holds ${values[fault]} at place ${fault}`,
    ['weights', name],
    'Export the network from a checkpoint without NaN.',
  );
}

/** `weights` if they are those of the topology. Throws BAD_ARTIFACT naming the weight, BAD_NETWORK or UNSUPPORTED_LAYER naming the layer. */
export function belongTogether(topology: Topology, weights: readonly Weight[]): readonly Weight[] {
  const graph = readGraph(topology);
  try {
    checkWeights(graph, weights);
  } catch (error) {
    if (error instanceof EspalierError) throw badArtifact(error.message, error.path, error.hint ?? '', error);
    throw error;
  }
  return weights;
}
