import type { DatasetLocation } from '@espalier/core';
import type { StoredDataset } from './dataset.ts';
import type { StoredScenes } from './detection/dataset.ts';
import type { ReadingListener } from './in-parallel.ts';
import type { Listing } from './listing.ts';

/** Knows one layout on disk. */
interface LayoutReader {
  /** What one has to find in a folder of this layout, for people: it completes "a folder with …". */
  readonly layout: string;
  /** Whether a folder looks like one of this layout, by the names in it alone. */
  recognises(listing: Listing): boolean;
}

/** Pictures with a class each. */
export interface ClassificationReader extends LayoutReader {
  readonly kind: 'classification';
  /** @throws EspalierError `BAD_DATASET`, naming the file and what is wrong with it. */
  read(location: DatasetLocation, heard?: ReadingListener): Promise<StoredDataset>;
}

/** Pictures with a box and a class for each object. */
export interface DetectionReader extends LayoutReader {
  readonly kind: 'detection';
  /** @throws EspalierError `BAD_DATASET`, naming the file and what is wrong with it. */
  read(location: DatasetLocation, heard?: ReadingListener): Promise<StoredScenes>;
}

export type Reader = ClassificationReader | DetectionReader;
