import { firstLabels } from '../open.ts';
import { stratifiedPlaces, type Identified } from '../subset.ts';
import type { SceneSplit } from './dataset.ts';

/** As `stratifiedSubset`; the first object of a picture counts as its class. */
export function sceneSubset(dataset: Identified, split: SceneSplit, count: number): SceneSplit {
  const { scenes, indices } = split;
  return count >= indices.length ? split : { ...split, indices: stratifiedPlaces(dataset, split, firstLabels(scenes), count) };
}
