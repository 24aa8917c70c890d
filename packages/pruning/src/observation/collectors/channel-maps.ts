import { EspalierError } from '@espalier/core';
import type { FeatureMaps, MapCollector, Tap } from '../collector.ts';
import type { LayerStatistic } from '../statistics.ts';

/** What a statistic makes of the maps of one layer: numbers for each channel, added up over pictures. */
export interface MapStatistic {
  /** Numbers for each channel of a layer whose maps have this size. */
  length(height: number, width: number): number;
  /**
   * Adds what picture `image` shows to `sums` [channels, length]. `maps` are the channels of one picture, [channels, height · width], row-major, in
   * double precision; they may be changed.
   */
  add(maps: Float64Array, shape: { readonly channels: number; readonly height: number; readonly width: number }, sums: Float64Array): void;
}

/** Gathers the mean over pictures of a statistic of the maps at some taps, holding no more than its sums. */
export function mapCollector(taps: readonly Tap[], images: number, statistic: MapStatistic): MapCollector {
  const gathered = new Map<string, { channels: number; length: number; sums: Float64Array; images: number }>();
  return {
    kind: 'feature-maps',
    taps,
    images,
    add(layer, maps) {
      const [count, height, width, channels] = checked(layer, maps).shape;
      const length = statistic.length(height, width);
      const known = gathered.get(layer) ?? { channels, length, sums: new Float64Array(channels * length), images: 0 };
      if (known.channels !== channels || known.length !== length)
        throw new RangeError(`maps of layer ${layer} changed their size from one batch to the next`);
      gathered.set(layer, known);
      for (let image = 0; image < count; image++) statistic.add(channelsOf(maps, image), { channels, height, width }, known.sums);
      known.images += count;
    },
    finish: () =>
      new Map(
        taps.map(({ layer }): [string, LayerStatistic] => {
          const known = gathered.get(layer);
          if (known === undefined || known.images === 0) throw nothingSeen(layer);
          const { channels, length, sums, images: seen } = known;
          return [layer, { layer, channels, length, values: sums.map((sum) => sum / seen) }];
        }),
      ),
  };
}

/** One picture of [images, height, width, channels] as [channels, height · width]. */
function channelsOf({ shape: [, height, width, channels], values }: FeatureMaps, image: number): Float64Array {
  const places = height * width;
  const maps = new Float64Array(channels * places);
  for (let place = 0, from = image * places * channels; place < places; place++)
    for (let channel = 0; channel < channels; channel++) maps[channel * places + place] = values[from++]!;
  return maps;
}

function checked(layer: string, maps: FeatureMaps): FeatureMaps {
  const { shape, values } = maps;
  if (values.length !== shape.reduce((total, size) => total * size, 1))
    throw new RangeError(`maps of layer ${layer}: ${values.length} values are not [${shape.join(', ')}]`);
  for (const value of values)
    if (!Number.isFinite(value))
      throw new EspalierError('BAD_NETWORK', `layer ${layer}: its feature maps hold values that are not finite`, {
        hint: 'Look at the pictures and at the weights; go back to a checkpoint from before the training diverged.',
        path: ['layers', layer],
      });
  return maps;
}

const nothingSeen = (layer: string): EspalierError =>
  new EspalierError('BAD_DATASET', `layer ${layer}: no picture was seen`, {
    hint: 'Give at least one picture to look at.',
    path: ['dataset'],
  });
