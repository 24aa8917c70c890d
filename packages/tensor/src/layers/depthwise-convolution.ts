import { addBias } from '../kernels/bias-add.ts';
import { groupedConvolution } from '../kernels/grouped-convolution.ts';
import { tf } from '../tf.ts';
import { type LayerVariable, onlyShape, onlyTensor, stockLayer } from './stock.ts';

interface StockDepthwise {
  readonly kernelSize: [number, number];
  readonly strides: [number, number];
  readonly padding: 'valid' | 'same';
  readonly dilationRate: [number, number];
  readonly depthwiseKernel: LayerVariable;
  readonly bias: LayerVariable | null;
  readonly activation: { apply(x: tf.Tensor): tf.Tensor };
}

const isDilated = ({ dilationRate }: StockDepthwise): boolean => dilationRate.some((rate) => rate > 1);

/** The depthwise part: x [N, H, W, C], kernel [kH, kW, C, m] → [N, H', W', C·m], as a convolution with a group for each channel. */
function filterEachChannel(x: tf.Tensor4D, { depthwiseKernel, strides, padding, dilationRate }: StockDepthwise): tf.Tensor4D {
  const kernel = depthwiseKernel.read() as tf.Tensor4D;
  const [height, width, channels, multiplier] = kernel.shape;
  const filter = tf.reshape(kernel, [height, width, 1, channels * multiplier]) as tf.Tensor4D;
  return groupedConvolution(x, filter, { strides, pad: padding, dilations: dilationRate }, channels);
}

function finish(y: tf.Tensor, { bias, activation }: StockDepthwise): tf.Tensor {
  const biased = bias === null || bias === undefined ? y : addBias(y, bias.read());
  return activation.apply(biased);
}

/** TF.js's DepthwiseConv2D with Keras's `dilation_rate`, which it ignores. Without dilation it is the stock layer. */
export class DepthwiseConvolution extends stockLayer<StockDepthwise>('DepthwiseConv2D') {
  static readonly className = 'DepthwiseConv2D';

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape | tf.Shape[] {
    const shape = onlyShape(super.computeOutputShape(inputShape));
    if (this.padding === 'same' || !isDilated(this)) return shape;
    const input = onlyShape(inputShape);
    const places = (axis: 0 | 1): number | null => {
      const length = input[axis + 1];
      if (typeof length !== 'number') return null;
      return Math.floor((length - this.dilationRate[axis] * (this.kernelSize[axis] - 1) - 1) / this.strides[axis]) + 1;
    };
    return [shape[0]!, places(0), places(1), shape[3]!];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: Record<string, unknown>): tf.Tensor | tf.Tensor[] {
    if (!isDilated(this)) return super.call(inputs, options);
    return tf.tidy(() => finish(filterEachChannel(onlyTensor(inputs) as tf.Tensor4D, this), this));
  }
}

interface StockSeparable extends StockDepthwise {
  readonly depthMultiplier: number;
  readonly pointwiseKernel: LayerVariable;
}

/**
 * TF.js's SeparableConv2D, which has no gradient where it is dilated, and leaves its multiplier out of its own description, so that a saved model
 * would not load.
 */
export class SeparableConvolution extends stockLayer<StockSeparable>('SeparableConv2D') {
  static readonly className = 'SeparableConv2D';

  override call(inputs: tf.Tensor | tf.Tensor[], options: Record<string, unknown>): tf.Tensor | tf.Tensor[] {
    if (!isDilated(this)) return super.call(inputs, options);
    return tf.tidy(() => {
      const between = filterEachChannel(onlyTensor(inputs) as tf.Tensor4D, this);
      return finish(tf.conv2d(between, this.pointwiseKernel.read() as tf.Tensor4D, 1, 'valid'), this);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), depthMultiplier: this.depthMultiplier };
  }
}
