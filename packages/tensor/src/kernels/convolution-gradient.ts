import { tf } from '../tf.ts';
import { type ConvolutionSettings, groupedConvolution } from './grouped-convolution.ts';
import { pixelsUnderTaps, spreadByStride } from './taps.ts';

interface ConvolutionAttributes {
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly dataFormat: 'NHWC' | 'NCHW';
  readonly dilations: [number, number] | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

let installed = false;

/**
 * Gives the Conv2D kernel of every backend a gradient for dilated and for grouped convolutions. TF.js has none for dilation, and TensorFlow's own
 * kernels take either only where oneDNN is at work; here both are composed of operations that every backend has. Plain convolutions keep the stock gradient.
 */
export function installConvolutionGradient(): void {
  if (installed) return;
  const stock = tf.getGradient(tf.Conv2D);
  tf.unregisterGradient(tf.Conv2D);
  tf.registerGradient({
    kernelName: tf.Conv2D,
    inputsToSave: ['x', 'filter'],
    gradFunc: (dys, saved, attributes) => {
      const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
      const attrs = attributes as unknown as ConvolutionAttributes;
      const groups = attrs.dataFormat === 'NCHW' ? 1 : x.shape[3] / filter.shape[2];
      if (groups === 1 && isOne(attrs.dilations)) return stock.gradFunc(dys, saved, attributes);
      if (attrs.dataFormat === 'NCHW') throw new Error('dilated convolutions have gradients for channels last only');
      const geometry = tf.backend_util.computeConv2DInfo(
        x.shape,
        filter.shape,
        attrs.strides,
        attrs.dilations,
        attrs.pad,
        attrs.dimRoundingMode,
      );
      const dy = dys as tf.Tensor4D;
      return {
        x: () => inputGradient(dy, filter, geometry, groups),
        filter: () => filterGradient(x, dy, filter.shape, geometry, groups),
      };
    },
  });
  installed = true;
}

const isOne = (rate: [number, number] | number): boolean => (Array.isArray(rate) ? rate.every((side) => side === 1) : rate === 1);

/**
 * dx, itself a convolution: dy, spread apart by the stride and padded, with the filter turned by half a circle and its ends exchanged within each
 * group; the dilation stays. dy [N, H', W', O] → [N, H, W, I].
 */
function inputGradient(dy: tf.Tensor4D, filter: tf.Tensor4D, geometry: tf.backend_util.Conv2DInfo, groups: number): tf.Tensor {
  const { inHeight, inWidth, dilationHeight, dilationWidth, padInfo } = geometry;
  const [height, width, inputsOfGroup, filters] = filter.shape;
  const spread = spreadByStride(dy, geometry);
  const around = (length: number, size: number, dilation: number, before: number, spreadLength: number): [number, number] => {
    const leading = dilation * (size - 1) - before;
    return [leading, length + dilation * (size - 1) - leading - spreadLength];
  };
  const padded = tf.pad(spread, [
    [0, 0],
    around(inHeight, height, dilationHeight, padInfo.top, spread.shape[1]),
    around(inWidth, width, dilationWidth, padInfo.left, spread.shape[2]),
    [0, 0],
  ]);
  const filtersOfGroup = filters / groups;
  const turned = tf.reshape(tf.reverse(filter, [0, 1]), [height * width, inputsOfGroup, groups, filtersOfGroup]);
  const exchanged = tf.reshape(tf.transpose(turned, [0, 3, 2, 1]), [height, width, filtersOfGroup, groups * inputsOfGroup]);
  const settings: ConvolutionSettings = { strides: [1, 1], pad: 'valid', dilations: [dilationHeight, dilationWidth] };
  return groupedConvolution(padded, exchanged as tf.Tensor4D, settings, groups);
}

/** dW[h, w] of each group, tap by tap: the pixels under the tap, times dy. x [N, H, W, I], dy [N, H', W', O] → [kH, kW, I / groups, O]. */
function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  [height, width, inputsOfGroup, filters]: tf.Tensor4D['shape'],
  geometry: tf.backend_util.Conv2DInfo,
  groups: number,
): tf.Tensor {
  const byGroup = (tensor: tf.Tensor, channels: number) => tf.transpose(tf.reshape(tensor, [-1, groups, channels]), [1, 0, 2]);
  const rows = byGroup(dy, filters / groups);
  const taps = pixelsUnderTaps(x, geometry).map((pixels) => tf.matMul(byGroup(pixels, inputsOfGroup), rows, true, false));
  return tf.reshape(tf.transpose(tf.stack(taps), [0, 2, 1, 3]), [height, width, inputsOfGroup, filters]);
}
