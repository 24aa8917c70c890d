export { encodeNetwork, decodeNetwork } from './network-file.ts';
export { layersModelFiles } from './layers-model/write.ts';
export { readLayersModel, type ModelFile } from './layers-model/read.ts';
