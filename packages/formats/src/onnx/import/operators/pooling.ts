import type { OperatorCall, Picture } from '../call.ts';
import type { TensorValue } from '../value.ts';
import { pictureView, viewOf } from '../view.ts';
import { isSame, isValid, overhangs, padded, subsampled, type Window, type Windows, windowsOf } from '../windows.ts';

const madePicture = (call: OperatorCall, { layer, height, width, channels }: Picture, nonNegative: boolean): TensorValue =>
  call.made(pictureView(layer, [height, width, channels]), { nonNegative });

function kernelOf(call: OperatorCall): readonly number[] {
  const size = call.integers('kernel_shape');
  if (size?.length !== 2) throw call.unsupported('is no pooling over two axes', 'Only pooling over pictures can be read here.');
  return size;
}

function pool(call: OperatorCall, type: string, picture: Picture, windows: Windows, padding: 'same' | 'valid', strides = true): Picture {
  const [height, width] = strides ? [windows[0].count, windows[1].count] : [picture.height, picture.width];
  const layer = call.add(type, [picture.layer], [height, width, picture.channels], {
    pool_size: [windows[0].size, windows[1].size],
    strides: strides ? [windows[0].stride, windows[1].stride] : [1, 1],
    padding,
  });
  return { ...picture, layer, height, width };
}

/** Where `same` with stride 1 puts the first place of its first window before the picture. */
const leadOfSame = ({ size }: Window): number => Math.floor((size - 1) / 2);

/**
 * The pooling as one with stride 1 and `same`, of which every n-th place is kept: its borders are left out of maximum and mean as ONNX leaves
 * them out. Null where windows begin before the first or behind the last of its places.
 */
function everyNth(call: OperatorCall, type: string, picture: Picture, windows: Windows): Picture | null {
  const fits = windows.every((window) => {
    const offset = leadOfSame(window) - window.begin;
    return offset >= 0 && offset + (window.count - 1) * window.stride < window.length;
  });
  if (!fits) return null;
  const [vertical, horizontal] = windows;
  const dense = pool(call, type, picture, windows, 'same', false);
  return subsampled(
    call,
    dense,
    [vertical.stride, horizontal.stride],
    [leadOfSame(vertical) - vertical.begin, leadOfSame(horizontal) - horizontal.begin],
    [vertical.count, horizontal.count],
  );
}

/**
 * MaxPool. ONNX's border is −∞. `same` has that too, where its windows lie alike; zeros do as well where no number is negative; otherwise the
 * maximum is taken at every place and every n-th kept.
 */
export function maximumPool(call: OperatorCall): TensorValue {
  if (call.node.outputs.slice(1).some((output) => output !== ''))
    throw call.unsupported('also gives out where its maxima are', 'Export the network without return_indices.');
  const { nonNegative } = call.tensor(0);
  const picture = call.picture(0);
  const windows = windowsOf(call, picture, kernelOf(call));
  if (windows.some(({ dilation }) => dilation > 1)) throw call.unsupported('is a dilated pooling', 'Use dilation 1.');
  if (windows.every(({ size, stride }) => size === 1 && stride === 1)) return call.passed(0);
  const type = 'MaxPooling2D';
  if (nonNegative || windows.every(isValid) || windows.every(isSame)) {
    const { picture: source, padding } = padded(call, picture, windows);
    return madePicture(call, pool(call, type, source, windows, padding), nonNegative);
  }
  const pooled = everyNth(call, type, picture, windows);
  if (pooled !== null) return madePicture(call, pooled, nonNegative);
  throw call.unsupported('pads numbers of any sign with −∞, unevenly', 'Pad (size − 1)/2 on each side, or pool behind a ReLU.');
}

/** AveragePool. Whether its border counts as zeros decides how it is said here: zeros of their own, or `same`, which leaves them out. */
export function averagePool(call: OperatorCall): TensorValue {
  const { nonNegative } = call.tensor(0);
  const picture = call.picture(0);
  const windows = windowsOf(call, picture, kernelOf(call));
  if (windows.some(({ dilation }) => dilation > 1)) throw call.unsupported('is a dilated pooling', 'Use dilation 1.');
  if (windows.every(({ size, stride, begin, end }) => size === 1 && stride === 1 && begin + end === 0)) return call.passed(0);
  const type = 'AveragePooling2D';
  const counted = call.integer('count_include_pad', 0) === 1;
  if (windows.every(isValid)) return madePicture(call, pool(call, type, picture, windows, 'valid'), nonNegative);
  if (counted && windows.every((window) => !overhangs(window))) {
    const margins = windows.map(({ begin, end }): [number, number] => [begin, end]);
    const [height, width] = [picture.height + margins[0]![0] + margins[0]![1], picture.width + margins[1]![0] + margins[1]![1]];
    const shape = [height, width, picture.channels];
    const layer = call.writer.add(`${call.wish}_pad`, 'ZeroPadding2D', [picture.layer], shape, { padding: margins });
    return madePicture(call, pool(call, type, { ...picture, layer, height, width }, windows, 'valid'), nonNegative);
  }
  const isUncounted = !counted || windows.every(({ begin, end }) => begin + end === 0);
  if (isUncounted && windows.every(isSame)) return madePicture(call, pool(call, type, picture, windows, 'same'), nonNegative);
  const pooled = isUncounted ? everyNth(call, type, picture, windows) : null;
  if (pooled !== null) return madePicture(call, pooled, nonNegative);
  throw call.unsupported('takes means over borders of uneven width', 'Use ceil_mode=False, or pad the same on each side.');
}

/** GlobalAveragePool and GlobalMaxPool; ReduceMean and ReduceMax over height and width. */
export const globalPool =
  (type: 'GlobalAveragePooling2D' | 'GlobalMaxPooling2D') =>
  (call: OperatorCall): TensorValue =>
    pooledWhole(call, type, true);

export const reduction =
  (type: 'GlobalAveragePooling2D' | 'GlobalMaxPooling2D') =>
  (call: OperatorCall): TensorValue => {
    const value = call.tensor(0);
    const shape = call.shape(value);
    const axes = (call.integersAt(1, 'axes') ?? []).map((axis) => call.axis(axis, shape.length)).sort();
    const keepsAxes = call.integer('keepdims', 1) === 1;
    if (axes.length > 0 && axes.every((axis) => axis > 0 && shape[axis] === 1)) {
      const { view } = value;
      return call.passed(0, { ...view, axes: keepsAxes ? view.axes : view.axes.filter((_, axis) => !axes.includes(axis + 1)) });
    }
    if (shape.length !== 4 || axes.join() !== '2,3')
      throw call.unsupported(
        `reduces the axes [${axes.join(', ')}] of [${shape.join(', ')}]`,
        'Only the mean or maximum over height and width of a picture is a layer.',
      );
    return pooledWhole(call, type, keepsAxes);
  };

/** Operators that read a single pixel as a picture. */
const gateReaders: ReadonlySet<string> = new Set(['Conv', 'Mul', 'Expand']);

function pooledWhole(call: OperatorCall, type: string, keepsAxes: boolean): TensorValue {
  const { nonNegative } = call.tensor(0);
  const { layer: source, channels } = call.picture(0);
  // Behind it a gate wants a picture of one pixel, a classifier a vector.
  const readers = call.readerOperators();
  const isPicture = keepsAxes && readers.some((operator) => operator === null || gateReaders.has(operator));
  const layer = call.add(type, [source], isPicture ? [1, 1, channels] : [channels], isPicture ? { keepdims: true } : {});
  if (isPicture) return call.made(pictureView(layer, [1, 1, channels]), { nonNegative });
  const vector = viewOf(layer, [channels], [0]);
  return call.made(keepsAxes ? { ...vector, axes: [...vector.axes, [], []] } : vector, { nonNegative });
}
