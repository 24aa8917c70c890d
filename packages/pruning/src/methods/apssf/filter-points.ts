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
 * d(A, B)² = Σ_m |M_m(A) − M_m(B)|² / size(M_m) + γ·|A − B|² / (C·kH·kW), so every number is divided by the root of its part's size. Where several
 * layers make the channels, their points are joined, each layer scaled to the same mean square, so that no layer drowns the others.
 */
export function filterPoints(banks: readonly FilterBank[], channels: readonly number[], settings: DistanceSettings): Points {
  const parts = banks.map((bank) => pointsOfBank(bank, channels, settings));
  const [first] = parts;
  if (first === undefined) throw new RangeError('a group without a kernel has no filters');
  return parts.length === 1 ? first : joined(parts);
}

/** One of the sums that a filter is seen as: where the weight (c, h, w) goes, how many sums there are, and what their squares count. */
interface View {
  readonly size: number;
  readonly weight: number;
  place(c: number, h: number, w: number): number;
}

function viewsOf(inputs: number, height: number, width: number, { distance, frobeniusShare }: DistanceSettings): View[] {
  const spatial: View = { size: height * width, weight: 1, place: (_, h, w) => h * width + w };
  const whole = (weight: number): View => ({
    size: inputs * height * width,
    weight,
    place: (c, h, w) => (h * width + w) * inputs + c,
  });
  if (distance === 'spatial') return [spatial];
  if (distance === 'frobenius') return [whole(1)];
  // Of a 1 × 1 window M_h and M_w are the filter itself.
  if (height * width === 1) return [spatial, whole(2 + frobeniusShare)];
  return [
    spatial,
    { size: inputs * width, weight: 1, place: (c, _, w) => c * width + w },
    { size: inputs * height, weight: 1, place: (c, h) => c * height + h },
    ...(frobeniusShare === 0 ? [] : [whole(frobeniusShare)]),
  ];
}

function pointsOfBank(bank: FilterBank, channels: readonly number[], settings: DistanceSettings): Points {
  const { length, window, copies, weights } = bank;
  const [height, width] = window;
  const inputsOfCopy = length / (height * width * copies);
  const views = viewsOf(inputsOfCopy * copies, height, width, settings);
  const dimensions = views.reduce((sum, { size }) => sum + size, 0);
  const values = new Float64Array(channels.length * dimensions);
  const norms = channels.map((channel) => normOf(bank, channel));
  let start = 0;
  for (const { size, weight, place } of views) {
    const scale = Math.sqrt(weight / size);
    // A view with as many sums as there are weights only puts them in another order, which distances do not see.
    const places = size === length ? null : placesOf(place, copies, height, width, inputsOfCopy);
    for (let row = 0; row < channels.length; row++) {
      const factor = settings.scaleFree ? (norms[row] === 0 ? 0 : scale / norms[row]!) : scale;
      const point = row * dimensions + start;
      const filter = channels[row]! * length;
      if (places === null) for (let k = 0; k < length; k++) values[point + k] = factor * weights[filter + k]!;
      else for (let k = 0; k < length; k++) values[point + places[k]!]! += factor * weights[filter + k]!;
    }
    start += size;
  }
  return { count: channels.length, dimensions, values };
}

/** For each weight of a bank's filter, [copy, h, w, c], its place in a view. */
function placesOf(place: View['place'], copies: number, height: number, width: number, inputsOfCopy: number): Int32Array {
  const places = new Int32Array(copies * height * width * inputsOfCopy);
  let k = 0;
  for (let copy = 0; copy < copies; copy++)
    for (let h = 0; h < height; h++)
      for (let w = 0; w < width; w++) for (let c = 0; c < inputsOfCopy; c++) places[k++] = place(copy * inputsOfCopy + c, h, w);
  return places;
}

function normOf({ layer, length, weights }: FilterBank, channel: number): number {
  let squares = 0;
  for (let place = channel * length; place < (channel + 1) * length; place++) squares += weights[place]! * weights[place]!;
  if (!Number.isFinite(squares)) throw notFinite(layer, channel);
  return Math.sqrt(squares);
}

function joined(parts: readonly Points[]): Points {
  const count = parts[0]!.count;
  const dimensions = parts.reduce((sum, part) => sum + part.dimensions, 0);
  const values = new Float64Array(count * dimensions);
  let start = 0;
  for (const part of parts) {
    let squares = 0;
    for (const value of part.values) squares += value * value;
    const meanSquare = squares / count;
    const scale = meanSquare === 0 ? 0 : 1 / Math.sqrt(meanSquare * parts.length);
    for (let row = 0; row < count; row++) {
      const from = row * part.dimensions;
      const to = row * dimensions + start;
      for (let k = 0; k < part.dimensions; k++) values[to + k] = scale * part.values[from + k]!;
    }
    start += part.dimensions;
  }
  return { count, dimensions, values };
}
