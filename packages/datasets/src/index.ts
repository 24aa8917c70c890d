export { decodeIdx, encodeIdx, type IdxArray } from './idx/format.ts';
export { idxFileNames } from './idx/folder.ts';
export {
  inMemory,
  type Dataset,
  type ImageShape,
  type Labels,
  type LabelledFiles,
  type LabelledImages,
  type Normalisation,
  type Split,
  type StoredDataset,
  type StoredImages,
} from './dataset.ts';
export type { Augmentation } from './augmentation/draw.ts';
export { openDataset } from './open.ts';
export { datasetAt } from './recognise.ts';
export { stratifiedSubset } from './subset.ts';
export { inspectDataset } from './inspect.ts';
export { BatchStream, type BatchStreamOptions } from './batches/stream.ts';
export type { BatchPosition } from './batches/course.ts';
export type { Batch } from './batches/render.ts';
export { everyBatch } from './batches/every.ts';
export { encodePng, pngDataUrl } from './png.ts';
export { writeDigits } from './digits.ts';
