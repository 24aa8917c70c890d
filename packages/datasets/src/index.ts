export { decodeIdx, encodeIdx, type IdxArray } from './idx/format.ts';
export { idxFileNames } from './idx/folder.ts';
export type { Dataset, LabelledImages, Normalisation, Split, StoredDataset } from './dataset.ts';
export type { Augmentation } from './augmentation.ts';
export { openDataset } from './open.ts';
export { inspectDataset } from './inspect.ts';
export { BatchStream, everyBatch, type Batch, type BatchPosition, type BatchStreamOptions } from './batches.ts';
export { encodePng, pngDataUrl } from './png.ts';
export { writeDigits } from './digits.ts';
