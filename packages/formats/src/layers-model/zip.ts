import type { FileFormat } from '../format.ts';
import { readZip } from '../zip/read.ts';
import { looksLikeZip, zipHolds } from '../zip/recognise.ts';
import { writeZip } from '../zip/write.ts';
import { readLayersModel } from './read.ts';
import { layersModelFiles, modelFile } from './write.ts';

/** A TF.js LayersModel packed into one zip: Espalier's own form, whose digest names a network. */
export const tfjsZip: FileFormat = {
  name: 'tfjs-zip',
  title: 'TF.js LayersModel (zip)',
  extensions: ['.zip'],
  layout: 'file',
  recognises: (bytes) => looksLikeZip(bytes) && zipHolds(bytes, (name) => name === modelFile || name.endsWith(`/${modelFile}`)),
  decode: async (bytes, reading) => readLayersModel(readZip(bytes), reading),
  encode: async (network) => writeZip(layersModelFiles(network)),
};
