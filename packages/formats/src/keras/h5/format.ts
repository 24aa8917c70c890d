import type { NetworkData } from '@espalier/core';
import { badArtifact } from '../../faults.ts';
import type { FileFormat, Reading } from '../../format.ts';
import { largestModelJson } from '../../layers-model/read.ts';
import { parseJson } from '../../layers-model/schema.ts';
import { readModelConfig } from '../config/read.ts';
import { Hdf5Thread } from '../hdf5/hdf5-thread.ts';
import { loadWeights } from '../load-weights.ts';
import type { KerasVersion } from '../model.ts';
import { readKerasNetwork } from '../read-network.ts';
import { locateInH5 } from './locate.ts';
import { encodeH5 } from './write.ts';

/** A Keras model in one HDF5 file, as `model.save('….h5')` writes it since Keras 1. */
export const kerasH5: FileFormat = {
  name: 'keras-h5',
  title: 'Keras HDF5',
  extensions: ['.h5', '.hdf5'],
  layout: 'file',
  recognises: looksLikeHdf5,
  decode: decodeH5,
  encode: encodeH5,
};

/** HDF5's signature, which stands at the beginning or, behind a block of the user's, at 512, 1024, 2048 and so on. */
export function looksLikeHdf5(bytes: Uint8Array): boolean {
  const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
  for (let place = 0; place + signature.length <= bytes.length; place = place === 0 ? 512 : place * 2)
    if (signature.every((byte, index) => bytes[place + index] === byte)) return true;
  return false;
}

async function decodeH5(bytes: Uint8Array, reading: Reading): Promise<NetworkData> {
  const thread = new Hdf5Thread('read');
  try {
    return await readH5(thread, bytes, reading);
  } finally {
    await thread.close();
  }
}

/** `decode` with a thread at hand. */
export async function readH5(thread: Hdf5Thread, bytes: Uint8Array, reading: Reading): Promise<NetworkData> {
  thread.startClock(bytes.length);
  const contents = await thread.ask({ task: 'open', bytes });
  const root = contents.groups.find(({ path }) => path === '')?.attributes ?? {};
  const config = root['model_config'];
  if (typeof config !== 'string')
    throw badArtifact(
      'the HDF5 file holds no model_config: it holds weights without their model, or something else',
      ['model_config'],
      'Save the whole model with model.save, not model.save_weights.',
    );
  if (config.length > largestModelJson)
    throw badArtifact(
      `model_config has ${config.length} characters; at most ${largestModelJson} are read`,
      ['model_config'],
      'Save a model of fewer layers.',
    );
  const model = readModelConfig(
    parseJson(new TextEncoder().encode(config), 'model_config'),
    versionOf(root['keras_version']),
    'model_config',
  );
  const weights = await loadWeights(thread, locateInH5(model, contents), bytes.length, reading);
  return readKerasNetwork(model, weights, reading);
}

const versionOf = (version: unknown): KerasVersion => (typeof version === 'string' && Number.parseInt(version, 10) >= 3 ? 3 : 2);
