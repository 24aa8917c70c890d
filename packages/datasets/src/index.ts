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
export { openDataset, openDetectionDataset, type OpenOptions } from './open.ts';
export type { ReadingListener } from './in-parallel.ts';
export type { DetectionDataset, SceneSplit, Scenes } from './detection/dataset.ts';
export { areaOf, overlapOf, type Box, type LabelledBox } from './detection/box.ts';
export { SceneStream, everyScene, type SceneStreamOptions } from './detection/stream.ts';
export type { SceneBatch } from './detection/render.ts';
export { datasetAt } from './recognise.ts';
export { stratifiedSubset } from './subset.ts';
export { sceneSubset } from './detection/subset.ts';
export { inspectDataset } from './inspect.ts';
export { BatchStream, everyBatch, type BatchStreamOptions } from './batches/stream.ts';
export type { BatchPosition } from './batches/course.ts';
export type { Batch } from './batches/render.ts';
export { encodePng, pngDataUrl } from './png.ts';
export { writeDigits } from './digits.ts';
export { writeScenes, type ScenesOptions } from './scenes/write.ts';
