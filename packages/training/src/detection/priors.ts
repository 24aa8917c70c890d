import { noDetector, type HeadMap } from './heads.ts';

/** Boxes that a detector's answers are relative to, in the order of its rows: `values` is [count, 4], centre x, centre y, width and height in shares of the picture. */
export interface PriorBoxes {
  readonly count: number;
  readonly values: Float64Array;
}

/** Of the picture's side, in percent: the first map's smallest box, and between which sizes those of the other maps lie. */
const firstPercent = 10;
const percents = { least: 20, most: 90 } as const;
/** Width by height, for boxes beyond the two squares; each also lies on its side. */
const aspectRatios = [2, 3] as const;

/**
 * The prior boxes of SSD (Liu et al. 2016, section 2.2, with the numbers of the authors' code for VOC). At the centre of each place of map k there are a square of size s_k and one of
 * √(s_k · s_{k+1}), then boxes of the area s_k² that are 2, ½, and where there are six, 3 and ⅓ times as wide as high. s is 10 % on the first map and goes from 20 % in equal steps,
 * rounded down to whole percents, to 90 % and beyond on the others: 10, 20, 37, 54, 71, 88 and 105 % for the six maps of SSD300. Boxes may reach over the picture's edges: cut
 * off, they would have other centres, and objects at an edge would fit them worse.
 * @throws EspalierError `BAD_INPUT` for other numbers of boxes at a place, and for a single map, for which there is no such rule.
 */
export function priorBoxes(maps: readonly HeadMap[]): PriorBoxes {
  const sizes = priorSizes(maps.length);
  const boxes = maps.flatMap((map, index) => {
    const shapes = shapesOf(map, sizes[index]!, sizes[index + 1]!);
    return Array.from({ length: map.height * map.width }, (_, place) => {
      const x = ((place % map.width) + 0.5) / map.width;
      const y = (Math.floor(place / map.width) + 0.5) / map.height;
      return shapes.flatMap(([width, height]) => [x, y, width, height]);
    });
  });
  const values = Float64Array.from(boxes.flat());
  return { count: values.length / 4, values };
}

/** s_1 to s_{mapCount + 1}. */
function priorSizes(mapCount: number): number[] {
  if (mapCount < 2) throw noDetector('it predicts boxes from one map only, and SSD spreads their sizes over several');
  const step = mapCount === 2 ? percents.most - percents.least : Math.floor((percents.most - percents.least) / (mapCount - 2));
  return [firstPercent, ...Array.from({ length: mapCount }, (_, index) => percents.least + step * index)].map((percent) => percent / 100);
}

function shapesOf({ boxesPerPlace, height, width }: HeadMap, size: number, nextSize: number): [width: number, height: number][] {
  const ratioCount = (boxesPerPlace - 2) / 2;
  if (ratioCount < 0 || !Number.isInteger(ratioCount) || ratioCount > aspectRatios.length) {
    throw noDetector(`it predicts ${boxesPerPlace} boxes at each place of a map of ${height} × ${width}, where SSD has 2, 4 or 6`);
  }
  const between = Math.sqrt(size * nextSize);
  const others = aspectRatios.slice(0, ratioCount).flatMap((ratio): [number, number][] => {
    const root = Math.sqrt(ratio);
    return [
      [size * root, size / root],
      [size / root, size * root],
    ];
  });
  return [[size, size], [between, between], ...others];
}
