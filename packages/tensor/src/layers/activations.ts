import { tf } from '../tf.ts';

/** (min(max(x + 3, 0), 6)) / 6: the sigmoid in three straight pieces of Howard et al. 2019 ("MobileNetV3", §5.2). */
const hardSigmoidSixth = (x: tf.Tensor): tf.Tensor => tf.div(tf.relu6(tf.add(x, 3)), 6);

/**
 * Activations that TF.js does not have, or composes of many operations, by the name under which its constructors look them up: that of the topology in camel case. Its own
 * `hard_sigmoid` rises by 1/5 for each unit, as that of Keras 2; that of PyTorch, MobileNetV3 and Keras 3 is `hard_sigmoid_sixth` here.
 */
const functions: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  // TF.js composes it of a rectifier and a minimum, whose gradients are ten times as much work as that of the kernel it has.
  relu6: (x) => tf.relu6(x),
  silu: (x) => tf.mul(x, tf.sigmoid(x)),
  hardSwish: (x) => tf.mul(x, hardSigmoidSixth(x)),
  hardSigmoidSixth,
  exponential: (x) => tf.exp(x),
  // TF.js knows it as gelu_new, a name that its own conversion to camel case never leaves standing.
  geluNew: (x) => {
    const inner = tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.pow(x, 3))));
    return tf.mul(tf.mul(0.5, x), tf.add(1, tf.tanh(inner)));
  },
};

/** What TF.js makes of the name of an activation: an object with `apply`. */
function activation(className: string, apply: (x: tf.Tensor) => tf.Tensor) {
  return class extends tf.serialization.Serializable {
    static readonly className = className;
    apply(x: tf.Tensor): tf.Tensor {
      return tf.tidy(() => apply(x));
    }
    override getConfig(): tf.serialization.ConfigDict {
      return {};
    }
  };
}

export const ownActivations = Object.entries(functions).map(([name, apply]) => activation(name, apply));
