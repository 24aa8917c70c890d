import type { NetworkData } from '@espalier/core';
import { readLayersModel } from './layers-model/read.ts';
import { layersModelFiles } from './layers-model/write.ts';
import { readZip } from './zip/read.ts';
import { writeZip } from './zip/write.ts';

/**
 * A network as one file: a zip of `model.json` and `weights.bin`, which unpacked is a TF.js LayersModel. The same network gives the same bytes,
 * so the file's digest names the network. Throws BAD_NETWORK where weights and topology do not belong together or a weight is not finite.
 */
export const encodeNetwork = (network: NetworkData): Uint8Array => writeZip(layersModelFiles(network));

/**
 * Reads a network from a zip of a TF.js LayersModel: ours, or another's with deflated files, a folder, or weights in several files. Throws
 * BAD_ARTIFACT naming the file or weight, BAD_NETWORK or UNSUPPORTED_LAYER naming the layer.
 */
export const decodeNetwork = (bytes: Uint8Array): NetworkData => readLayersModel(readZip(bytes));
