import type { OperatorCall, Picture } from './call.ts';

/** How a window of a convolution or pooling moves along one axis. */
export interface Window {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  /** Places before the first and behind the last one that windows may reach into; never negative. */
  readonly begin: number;
  readonly end: number;
  /** How many windows there are. */
  readonly count: number;
  readonly length: number;
}

export type Windows = readonly [Window, Window];

/** What a window covers: dilated ones reach further. */
export const reach = ({ size, dilation }: Pick<Window, 'size' | 'dilation'>): number => dilation * (size - 1) + 1;

/** Zeros that `same` adds before and behind in TF.js: as evenly as possible, the odd one behind. */
function paddingOfSame({ length, stride, ...window }: Pick<Window, 'length' | 'stride' | 'size' | 'dilation'>) {
  const total = Math.max((Math.ceil(length / stride) - 1) * stride + reach(window) - length, 0);
  return { begin: Math.floor(total / 2), total };
}

/** The windows of a node over `picture`, from its attributes (strides, dilations, pads, auto_pad, ceil_mode). */
export function windowsOf(call: OperatorCall, picture: Picture, size: readonly number[]): Windows {
  const pairOf = (name: string, fallback: readonly number[]): readonly number[] => {
    const values = call.integers(name) ?? fallback;
    if (values.length !== fallback.length)
      throw call.bad(`its ${name} [${values.join(', ')}] should be ${fallback.length} numbers, for a picture`);
    return values;
  };
  const strides = pairOf('strides', [1, 1]);
  const dilations = pairOf('dilations', [1, 1]);
  const pads = pairOf('pads', [0, 0, 0, 0]);
  const autoPad = call.text('auto_pad', 'NOTSET');
  const upwards = call.integer('ceil_mode', 0) === 1;
  if (![...size, ...strides, ...dilations].every((number) => Number.isSafeInteger(number) && number >= 1 && number < 2 ** 20))
    throw call.bad('its kernel, strides and dilations should be whole numbers from 1');
  if (pads.some((pad) => pad < 0)) throw call.unsupported('its pads are negative', 'Slice the picture before it instead.');
  if (pads.some((pad) => pad >= 2 ** 20)) throw call.bad('its pads are beyond all measure');
  const along = (axis: 0 | 1, length: number): Window => {
    const base = { size: size[axis]!, stride: strides[axis]!, dilation: dilations[axis]!, length };
    const { begin, end } = padsAlong(call, autoPad, base, pads[axis]!, pads[axis + 2]!);
    const room = length + begin + end - reach(base);
    let count = (upwards ? Math.ceil(room / base.stride) : Math.floor(room / base.stride)) + 1;
    // A window that would begin behind the picture and its first padding is left out, as PyTorch does it.
    if (upwards && (count - 1) * base.stride >= length + begin) count--;
    if (room < 0 || count < 1)
      throw call.bad(
        `its window of ${reach(base)} does not fit into ${length} places with padding ${begin} and ${end}`,
        'Use a larger picture.',
      );
    return { ...base, begin, end, count };
  };
  return [along(0, picture.height), along(1, picture.width)];
}

function padsAlong(
  call: OperatorCall,
  autoPad: string,
  window: Pick<Window, 'length' | 'stride' | 'size' | 'dilation'>,
  begin: number,
  end: number,
): { begin: number; end: number } {
  if (autoPad === 'NOTSET' || autoPad === '') return { begin, end };
  if (autoPad === 'VALID') return { begin: 0, end: 0 };
  const { begin: smaller, total } = paddingOfSame(window);
  if (autoPad === 'SAME_UPPER') return { begin: smaller, end: total - smaller };
  if (autoPad === 'SAME_LOWER') return { begin: total - smaller, end: smaller };
  throw call.bad(`its auto_pad is ${autoPad}, which ONNX does not know`);
}

/** Whether windows lie as TF.js's `same` lays them. */
export function isSame(window: Window): boolean {
  const { begin } = paddingOfSame(window);
  return window.begin === begin && window.count === Math.ceil(window.length / window.stride);
}

/** Whether windows lie as TF.js's `valid` lays them. */
export const isValid = (window: Window): boolean =>
  window.begin === 0 && window.count === Math.floor((window.length - reach(window)) / window.stride) + 1 && window.length >= reach(window);

/** Whether the last window reaches behind the padding that the file asks for: only with ceil_mode. */
export const overhangs = (window: Window): boolean =>
  (window.count - 1) * window.stride + reach(window) > window.length + window.begin + window.end;

/**
 * The picture with the zeros around it that let the windows lie as `valid` lays them, and the padding that remains to be named: `same` where
 * that is the same thing.
 */
export function padded(call: OperatorCall, picture: Picture, windows: Windows): { picture: Picture; padding: 'same' | 'valid' } {
  if (windows.every(isValid)) return { picture, padding: 'valid' };
  if (windows.every(isSame)) return { picture, padding: 'same' };
  const margins = windows.map((window): [number, number] => [
    window.begin,
    Math.max((window.count - 1) * window.stride + reach(window) - window.length - window.begin, 0),
  ]);
  const height = picture.height + margins[0]![0] + margins[0]![1];
  const width = picture.width + margins[1]![0] + margins[1]![1];
  const layer = call.writer.add(`${call.wish}_pad`, 'ZeroPadding2D', [picture.layer], [height, width, picture.channels], {
    padding: margins,
  });
  return { picture: { ...picture, layer, height, width }, padding: 'valid' };
}

/** Every `strides`-th pixel, beginning at `offset`: `counts` of them. */
export function subsampled(
  call: OperatorCall,
  picture: Picture,
  strides: readonly [number, number],
  offset: readonly [number, number],
  counts: readonly [number, number],
): Picture {
  const before = [picture.height, picture.width] as const;
  const cropping = ([0, 1] as const).map((axis): [number, number] => [
    offset[axis],
    before[axis] - offset[axis] - ((counts[axis] - 1) * strides[axis] + 1),
  ]);
  let { layer } = picture;
  const { channels } = picture;
  if (cropping.flat().some((margin) => margin > 0)) {
    const cropped = before.map((size, axis) => size - cropping[axis]![0] - cropping[axis]![1]);
    layer = call.writer.add(`${call.wish}_crop`, 'Cropping2D', [layer], [...cropped, channels], { cropping });
  }
  if (strides[0] > 1 || strides[1] > 1)
    layer = call.writer.add(`${call.wish}_every`, 'AveragePooling2D', [layer], [...counts, channels], {
      pool_size: [1, 1],
      strides: [...strides],
      padding: 'valid',
    });
  return { layer, height: counts[0], width: counts[1], channels };
}
