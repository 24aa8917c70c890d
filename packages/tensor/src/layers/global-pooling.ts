import { tf } from '../tf.ts';
import { onlyShape, onlyTensor, stockLayer } from './stock.ts';

/** A global pooling with Keras's `keepdims`, which TF.js ignores: [N, H, W, C] → [N, 1, 1, C], the form in which a gate meets its feature map. */
function globalPooling(className: string) {
  return class GlobalPooling extends stockLayer<object>(className) {
    static readonly className = className;
    readonly keepdims: boolean;

    constructor(config: tf.serialization.ConfigDict) {
      super(config);
      this.keepdims = config['keepdims'] === true;
    }

    override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
      const [batch, , , channels] = onlyShape(inputShape);
      return this.keepdims ? [batch!, 1, 1, channels!] : [batch!, channels!];
    }

    override call(inputs: tf.Tensor | tf.Tensor[], options: Record<string, unknown>): tf.Tensor | tf.Tensor[] {
      const pooled = onlyTensor(super.call(inputs, options));
      return this.keepdims ? tf.reshape(pooled, [pooled.shape[0]!, 1, 1, pooled.shape[1]!]) : pooled;
    }

    override getConfig(): tf.serialization.ConfigDict {
      return { ...super.getConfig(), ...(this.keepdims && { keepdims: true }) };
    }
  };
}

export const GlobalAveragePooling = globalPooling('GlobalAveragePooling2D');
export const GlobalMaximumPooling = globalPooling('GlobalMaxPooling2D');
