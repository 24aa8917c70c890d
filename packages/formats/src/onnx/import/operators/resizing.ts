import type { OperatorCall } from '../call.ts';
import type { TensorValue } from '../value.ts';
import { pictureView, shapeOf } from '../view.ts';

/** Pad with zeros: around the picture, or before and behind the channels. */
export function pad(call: OperatorCall): TensorValue {
  const value = call.tensor(0);
  const shape = call.shape(value);
  const mode = call.text('mode', 'constant');
  const pads = call.integersAt(1, 'pads') ?? [];
  const axes = call.has(3) ? [...call.constant(3).values].map((axis) => call.axis(axis, shape.length)) : shape.map((_, axis) => axis);
  if (pads.length !== 2 * axes.length) throw call.bad(`has ${pads.length} pads for ${axes.length} axes`);
  if (pads.some((margin) => !Number.isInteger(margin) || Math.abs(margin) >= 2 ** 20)) throw call.bad(`its pads are [${pads.join(', ')}]`);
  const margins = shape.map((_, axis): readonly [number, number] => {
    const place = axes.indexOf(axis);
    return place === -1 ? [0, 0] : [pads[place]!, pads[place + axes.length]!];
  });
  if (margins.flat().every((margin) => margin === 0)) return call.passed(0);
  if (mode !== 'constant') throw call.unsupported(`pads in the mode ${mode}`, 'Pad with zeros.');
  if (call.scalarAt(2, 'value', 0) !== 0) throw call.unsupported('pads with another number than 0', 'Pad with zeros.');
  const [batch, channels, vertical, horizontal] = margins;
  if (shape.length !== 4 || batch![0] !== 0 || batch![1] !== 0 || margins.flat().some((margin) => margin < 0))
    throw call.unsupported(`pads [${shape.join(', ')}] by [${pads.join(', ')}]`, 'Pad pictures, by nothing less than 0.');
  let { layer, height, width, channels: count } = call.picture(0);
  if ([...vertical!, ...horizontal!].some((margin) => margin > 0)) {
    height += vertical![0] + vertical![1];
    width += horizontal![0] + horizontal![1];
    layer = call.add('ZeroPadding2D', [layer], [height, width, count], { padding: [[...vertical!], [...horizontal!]] });
  }
  if (channels!.some((margin) => margin > 0)) {
    count += channels![0] + channels![1];
    layer = call.add('ChannelPadding', [layer], [height, width, count], { before: channels![0], after: channels![1] });
  }
  return call.made(pictureView(layer, [height, width, count]), { nonNegative: value.nonNegative });
}

/** Resize and Upsample by whole numbers, each pixel repeated. */
export function resize(call: OperatorCall): TensorValue {
  const value = call.tensor(0);
  const shape = call.shape(value);
  const scales = scalesOf(call, shape);
  const [batch, channels, vertical, horizontal] = scales;
  if (shape.length !== 4 || batch !== 1 || channels !== 1 || !isFactor(vertical) || !isFactor(horizontal))
    throw call.unsupported(`resizes [N, ${shapeOf(value.view).join(', ')}] by ${scales.join(' × ')}`, 'Enlarge pictures by whole numbers.');
  const mode = call.text('mode', 'nearest');
  if (mode !== 'nearest') throw call.unsupported(`interpolates (${mode})`, 'Use the mode "nearest".');
  refuseOtherRounding(call, Math.max(vertical, horizontal));
  if (vertical === 1 && horizontal === 1) return call.passed(0);
  const { layer, height, width, channels: count } = call.picture(0);
  const enlarged = [height * vertical, width * horizontal, count] as const;
  const made = call.add('UpSampling2D', [layer], enlarged, { size: [vertical, horizontal], interpolation: 'nearest' });
  return call.made(pictureView(made, enlarged), { nonNegative: value.nonNegative });
}

const isFactor = (factor: number | undefined): factor is number =>
  factor !== undefined && Number.isInteger(factor) && factor >= 1 && factor < 2 ** 16;

/** How many times larger each axis becomes: said as scales, or as sizes. */
function scalesOf(call: OperatorCall, shape: readonly number[]): readonly number[] {
  const isOld = call.node.operator === 'Upsample' || call.opset < 11;
  const scales = call.optionalConstant(isOld ? 1 : 2)?.values;
  if (scales !== undefined && scales.length > 0) return [...scales];
  const sizes = isOld ? undefined : call.optionalConstant(3)?.values;
  if (sizes === undefined) throw call.bad('says neither scales nor sizes');
  return [...sizes].map((size, axis) => size / shape[axis]!);
}

/** Which pixel is the nearest is a matter of convention; these ones repeat every pixel equally often. */
function refuseOtherRounding(call: OperatorCall, factor: number): void {
  if (call.node.operator === 'Upsample' || call.opset < 11) return;
  const place = call.text('coordinate_transformation_mode', 'half_pixel');
  const rounding = call.text('nearest_mode', 'round_prefer_floor');
  const repeats =
    (place === 'asymmetric' && (rounding === 'floor' || (rounding === 'round_prefer_floor' && factor <= 2))) ||
    (['half_pixel', 'pytorch_half_pixel', 'half_pixel_symmetric'].includes(place) && rounding.startsWith('round_'));
  if (!repeats)
    throw call.unsupported(
      `takes the nearest pixel by ${place} and ${rounding}`,
      'Use asymmetric and floor, as PyTorch exports its nearest upsampling.',
    );
}
