import { readFileSync } from 'node:fs';
import path from 'node:path';
import { badArtifact } from '../faults.ts';
import { largestFile, placeInside, readFileWithin, sizeWithin } from '../file-system.ts';
import type { FolderFormat, Reading } from '../format.ts';
import { largestModelJson, type ModelFile, readLayersModelAt } from './read.ts';
import { parseModelJson } from './schema.ts';
import { layersModelFiles } from './write.ts';

/** A TF.js LayersModel as `tf.LayersModel.save('file://…')` leaves it: `model.json` beside its weights. */
export const tfjsFolder: FolderFormat = {
  name: 'tfjs-folder',
  title: 'TF.js LayersModel (folder)',
  extensions: ['/model.json', '.json'],
  layout: 'folder',
  read: readFolder,
  encode: async (network) => layersModelFiles(network),
};

/** Reads the JSON file and the files beside it that it names, none of which may lie outside its folder. */
async function readFolder(modelFile: string, reading: Reading) {
  const name = path.basename(modelFile);
  const folder = path.dirname(modelFile);
  const json = await readFileWithin(modelFile, largestModelJson);
  const files = new Map<string, ModelFile>([[name, { size: json.length, read: () => json }]]);
  let room = largestFile;
  for (const shard of parseModelJson(json, name).manifest.flatMap(({ paths }) => paths)) {
    if (files.has(shard)) throw badArtifact(`${name} names ${shard} twice`, [name, shard], 'Export the network again.');
    const place = await placeInside(folder, shard);
    const size = await sizeWithin(place, room);
    room -= size;
    // Read only when its size has turned out to be that of the weights it should hold.
    files.set(shard, { size, read: () => readFileSync(place) });
  }
  return readLayersModelAt(name, files, reading);
}
