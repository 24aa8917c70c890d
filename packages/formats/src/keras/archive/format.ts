import type { NetworkData } from '@espalier/core';
import { badArtifact } from '../../faults.ts';
import type { FileFormat, Reading } from '../../format.ts';
import { largestModelJson, type ModelFile } from '../../layers-model/read.ts';
import { parseJson } from '../../layers-model/schema.ts';
import { readZip } from '../../zip/read.ts';
import { looksLikeZip, zipHolds } from '../../zip/recognise.ts';
import { readModelConfig } from '../config/read.ts';
import { Hdf5Thread } from '../hdf5/hdf5-thread.ts';
import { loadWeights } from '../load-weights.ts';
import { readKerasNetwork } from '../read-network.ts';
import { locateInArchive } from './locate.ts';
import { configFile, weightsFile } from './names.ts';
import { encodeArchive } from './write.ts';

/** A Keras 3 model: a zip of `config.json`, `metadata.json` and `model.weights.h5`, as `model.save('….keras')` writes it. */
export const kerasArchive: FileFormat = {
  name: 'keras',
  title: 'Keras 3',
  extensions: ['.keras'],
  layout: 'file',
  recognises: (bytes) => looksLikeZip(bytes) && zipHolds(bytes, (name) => name === configFile),
  decode: decodeArchive,
  encode: encodeArchive,
};

async function decodeArchive(bytes: Uint8Array, reading: Reading): Promise<NetworkData> {
  const thread = new Hdf5Thread('read');
  try {
    return await readArchive(thread, bytes, reading);
  } finally {
    await thread.close();
  }
}

/** `decode` with a thread at hand. */
export async function readArchive(thread: Hdf5Thread, bytes: Uint8Array, reading: Reading): Promise<NetworkData> {
  const files = readZip(bytes);
  const config = parseJson(unpacked(files, configFile, largestModelJson), configFile);
  const model = readModelConfig(config, 3, configFile);
  const hdf5 = unpacked(files, weightsFile, bytes.length * 4 + 2 ** 26);
  thread.startClock(hdf5.length);
  const contents = await thread.ask({ task: 'open', bytes: hdf5 });
  const weights = await loadWeights(thread, locateInArchive(model, contents), hdf5.length, reading);
  return readKerasNetwork(model, weights, reading);
}

function unpacked(files: ReadonlyMap<string, ModelFile>, name: string, largest: number): Uint8Array {
  const file = files.get(name);
  if (file === undefined) throw badArtifact(`${name} is missing`, [name], 'Save the whole model with model.save, as one .keras file.');
  if (file.size > largest)
    throw badArtifact(`${name} claims ${file.size} bytes; at most ${largest} are read`, [name], 'Save the model again.');
  return file.read();
}
