import type { Points } from '../../clustering/index.ts';
import type { FilterBank } from '../../observation/filters.ts';
import { notFinite } from '../faults.ts';
import type { ApssfSettings } from './settings.ts';

type DistanceSettings = Pick<ApssfSettings, 'distance' | 'frobeniusShare' | 'scaleFree'>;

/**
 * Filters as points whose Euclidean distance is the structural distance of APSSF. With a filter A [C, kH, kW] and its marginals
 *
 *   M_s[h, w] = Σ_c A,  M_h[c, w] = Σ_h A,  M_w[c, h] = Σ_w A
 *
 * d(A, B)² = Σ_m |M_m(A) − M_m(B)|² / size(M_m) + γ·|A − B|² / (C·kH·kW). Where several layers make the channels, their points are joined, each layer
 * scaled to the same mean square, so that no layer drowns the others.
 */
export function filterPoints(banks: readonly FilterBank[], channels: readonly number[], settings: DistanceSettings): Points {
  if (banks.length === 0) throw new RangeError('a group without a kernel has no filters');
  const widths = banks.map((bank) => dimensionsOf(bank, settings));
  const dimensions = widths.reduce((sum, width) => sum + width, 0);
  const points = { count: channels.length, dimensions, values: new Float64Array(channels.length * dimensions) };
  let first = 0;
  banks.forEach((bank, index) => {
    putBank(bank, channels, settings, points, first);
    if (banks.length > 1) scaleToOneSize(points, first, widths[index]!, banks.length);
    first += widths[index]!;
  });
  return points;
}

interface WritablePoints extends Points {
  readonly values: Float64Array;
}

const hasSums = ({ distance }: DistanceSettings): boolean => distance !== 'frobenius';
const hasWindows = ({ distance }: DistanceSettings): boolean => distance !== 'spatial';

const dimensionsOf = ({ length, window }: FilterBank, settings: DistanceSettings): number =>
  (hasSums(settings) ? window[0] * window[1] : 0) + (hasWindows(settings) ? length : 0);

/**
 * The dimensions of one layer, from `first` on: M_s and, for every input channel, its window a [kH, kW] under a symmetric root of the form that the other parts of d² are on it:
 *
 *   |Σ_h a|² / (C·kW) + |Σ_w a|² / (C·kH) + γ·|a|² / (C·kH·kW)
 *
 * so that hardly more numbers are compared than a filter has weights.
 */
function putBank(
  bank: FilterBank,
  channels: readonly number[],
  settings: DistanceSettings,
  { dimensions, values }: WritablePoints,
  first: number,
): void {
  const { length, window, copies } = bank;
  const places = window[0] * window[1];
  const root = windowRoot(window, length / places, settings);
  const filter = new Float64Array(length);
  const sums = emptySums(window, length / (places * copies));
  channels.forEach((channel, row) => {
    loadFilter(bank, channel, settings.scaleFree, filter);
    let start = row * dimensions + first;
    if (hasSums(settings)) {
      addSpatialSums(filter, places, copies, values, start);
      start += places;
    }
    if (hasWindows(settings)) putWindows(filter, window, copies, root, sums, values, start);
  });
}

/** A window under the root: own·a + overRows·(mean over h) + overColumns·(mean over w) + overBoth·(mean over both). */
interface WindowRoot {
  readonly own: number;
  readonly overRows: number;
  readonly overColumns: number;
  readonly overBoth: number;
}

/**
 * The form on a window is Q = α + β·P_h + δ·P_w with α = γ/(C·kH·kW), β = kH/(C·kW) and δ = kW/(C·kH), since |Σ_h a|² = kH·|P_h a|². P_h and P_w commute, so
 * Q has the eigenvalues α, α + β, α + δ and α + β + δ, and its root the roots of these on the same windows.
 */
function windowRoot([height, width]: FilterBank['window'], inputs: number, { distance, frobeniusShare }: DistanceSettings): WindowRoot {
  const size = inputs * height * width;
  if (distance === 'frobenius') return { own: Math.sqrt(1 / size), overRows: 0, overColumns: 0, overBoth: 0 };
  const alpha = frobeniusShare / size;
  const beta = height / (inputs * width);
  const delta = width / (inputs * height);
  const own = Math.sqrt(alpha);
  const rows = Math.sqrt(alpha + beta);
  const columns = Math.sqrt(alpha + delta);
  const both = Math.sqrt(alpha + beta + delta);
  return { own, overRows: rows - own, overColumns: columns - own, overBoth: both - rows - columns + own };
}

/** Copies one filter, divided by its norm where only direction counts. Throws BAD_NETWORK for weights that are not finite. */
function loadFilter({ layer, length, weights }: FilterBank, channel: number, scaleFree: boolean, filter: Float64Array): void {
  let squares = 0;
  for (let k = 0; k < length; k++) {
    const weight = weights[channel * length + k]!;
    filter[k] = weight;
    squares += weight * weight;
  }
  if (!Number.isFinite(squares)) throw notFinite(layer, channel);
  if (!scaleFree || squares === 0) return;
  const scale = 1 / Math.sqrt(squares);
  for (let k = 0; k < length; k++) filter[k]! *= scale;
}

/** M_s divided by the root of its size; the copies of a filter are more input channels of it. */
function addSpatialSums(filter: Float64Array, places: number, copies: number, values: Float64Array, start: number): void {
  const inputs = filter.length / (places * copies);
  const scale = 1 / Math.sqrt(places);
  for (let line = 0, k = 0; line < places * copies; line++) {
    let sum = 0;
    for (const end = k + inputs; k < end; k++) sum += filter[k]!;
    values[start + (line % places)]! += scale * sum;
  }
}

/** Every window of [copies, kH, kW, C] under the root. Sums are taken for all input channels at a time, as they lie. */
function putWindows(
  filter: Float64Array,
  [height, width]: FilterBank['window'],
  copies: number,
  { own, overRows, overColumns, overBoth }: WindowRoot,
  sums: WindowSums,
  values: Float64Array,
  start: number,
): void {
  const places = height * width;
  if (places === 1 || (overRows === 0 && overColumns === 0)) {
    // One place is its own mean in every way.
    const scale = places === 1 ? own + overRows + overColumns + overBoth : own;
    for (let k = 0; k < filter.length; k++) values[start + k] = scale * filter[k]!;
    return;
  }
  const inputs = filter.length / (places * copies);
  const { ofRows, ofColumns } = sums;
  for (let copy = 0; copy < copies; copy++) {
    const first = copy * places * inputs;
    sumWindows(filter, first, height, width, inputs, sums);
    weighSums(sums, inputs, overRows / height, overColumns / width, overBoth / places);
    for (let place = 0; place < places; place++) {
      const row = Math.floor(place / width) * inputs;
      const column = (place % width) * inputs;
      const block = first + place * inputs;
      for (let c = 0; c < inputs; c++) values[start + block + c] = own * filter[block + c]! + (ofRows[column + c]! + ofColumns[row + c]!);
    }
  }
}

/** Of windows [kH, kW, C]: Σ over rows [kW, C] and Σ over columns [kH, C]. One for all filters of a layer, used again and again. */
interface WindowSums {
  readonly ofRows: Float64Array;
  readonly ofColumns: Float64Array;
}

const emptySums = ([height, width]: FilterBank['window'], inputs: number): WindowSums => ({
  ofRows: new Float64Array(width * inputs),
  ofColumns: new Float64Array(height * inputs),
});

/** The sums of the windows from `first` on. */
function sumWindows(
  filter: Float64Array,
  first: number,
  height: number,
  width: number,
  inputs: number,
  { ofRows, ofColumns }: WindowSums,
): void {
  ofRows.fill(0);
  ofColumns.fill(0);
  for (let h = 0, k = first; h < height; h++)
    for (let w = 0; w < width; w++)
      for (let c = 0; c < inputs; c++, k++) {
        const weight = filter[k]!;
        ofRows[w * inputs + c]! += weight;
        ofColumns[h * inputs + c]! += weight;
      }
}

/** Each sum by its weight, with the sum over both put into those over columns: a weight of a window then meets two sums and not three. */
function weighSums({ ofRows, ofColumns }: WindowSums, inputs: number, perRow: number, perColumn: number, perBoth: number): void {
  for (let c = 0; c < inputs; c++) {
    let both = 0;
    for (let place = c; place < ofRows.length; place += inputs) {
      both += ofRows[place]!;
      ofRows[place]! *= perRow;
    }
    for (let place = c; place < ofColumns.length; place += inputs) ofColumns[place] = perColumn * ofColumns[place]! + perBoth * both;
  }
}

/** Scales the `width` dimensions from `first` on to a mean square of one over the number of layers. */
function scaleToOneSize({ count, dimensions, values }: WritablePoints, first: number, width: number, layers: number): void {
  let squares = 0;
  for (let row = 0; row < count; row++)
    for (let place = row * dimensions + first, end = place + width; place < end; place++) squares += values[place]! * values[place]!;
  const scale = squares === 0 ? 0 : Math.sqrt(count / (squares * layers));
  for (let row = 0; row < count; row++)
    for (let place = row * dimensions + first, end = place + width; place < end; place++) values[place] = scale * values[place]!;
}
