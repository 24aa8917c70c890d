import { nativeBackend } from '../backend/native.ts';
import { addBias } from '../kernels/bias-add.ts';
import { groupedConvolution } from '../kernels/grouped-convolution.ts';
import { tf } from '../tf.ts';
import { type LayerVariable, onlyShape, onlyTensor, stockLayer } from './stock.ts';

interface StockConvolution {
  readonly strides: [number, number];
  readonly padding: 'valid' | 'same';
  readonly dilationRate: [number, number];
  readonly kernel: LayerVariable;
  readonly bias: LayerVariable | null;
  readonly activation: { apply(x: tf.Tensor): tf.Tensor };
}

/**
 * TF.js's Conv2D with Keras's `groups`, which it ignores: the kernel is [kH, kW, C / groups, filters]. Dilated ones can be trained as well; all
 * others are the stock layer.
 */
export class Convolution extends stockLayer<StockConvolution>('Conv2D') {
  static readonly className = 'Conv2D';
  readonly groups: number;

  constructor(config: tf.serialization.ConfigDict) {
    super(config);
    this.groups = Number(config['groups'] ?? 1);
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const shape = onlyShape(inputShape);
    const channels = shape.at(-1)!;
    super.build([...shape.slice(0, -1), channels / this.groups]);
    this.inputSpec = [{ ndim: 4, axes: { 3: channels } }];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: Record<string, unknown>): tf.Tensor | tf.Tensor[] {
    // TF.js fuses bias and activation into a kernel whose gradient knows neither groups nor dilation, and which native TensorFlow composes anyhow.
    const isPlain = this.groups === 1 && this.dilationRate.every((rate) => rate === 1);
    if (isPlain && nativeBackend() === undefined) return super.call(inputs, options);
    return tf.tidy(() => {
      const settings = { strides: this.strides, pad: this.padding, dilations: this.dilationRate };
      const y = groupedConvolution(onlyTensor(inputs) as tf.Tensor4D, this.kernel.read() as tf.Tensor4D, settings, this.groups);
      return this.activation.apply(this.bias === null ? y : addBias(y, this.bias.read()));
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...(this.groups !== 1 && { groups: this.groups }) };
  }
}
