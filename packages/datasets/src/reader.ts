import type { DatasetLocation } from '@espalier/core';
import type { StoredDataset } from './dataset.ts';
import type { Listing } from './listing.ts';

/** Knows one layout of labelled pictures on disk. */
export interface Reader {
  /** What one has to find in a folder of this layout, for people: it completes "a folder with …". */
  readonly layout: string;
  /** Whether a folder looks like one of this layout, by the names in it alone. */
  recognises(listing: Listing): boolean;
  /** @throws EspalierError `BAD_DATASET`, naming the file and what is wrong with it. */
  read(location: DatasetLocation): Promise<StoredDataset>;
}
