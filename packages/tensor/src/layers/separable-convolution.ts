import { type tf } from '../tf.ts';
import { stockLayer } from './stock.ts';

/** TF.js's SeparableConv2D, which leaves its multiplier out of its own description, so that a saved model would not load. */
export class SeparableConvolution extends stockLayer<{ readonly depthMultiplier: number }>('SeparableConv2D') {
  static readonly className = 'SeparableConv2D';

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), depthMultiplier: this.depthMultiplier };
  }
}
