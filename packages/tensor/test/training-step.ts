import { applyMomentum, buildModel, softmaxCrossEntropy, type Step, tf, variableOf } from '../src/index.ts';
import { smallNetwork } from './small-network.ts';

export const MOMENTUM = 0.9;
export const WEIGHT_DECAY = 1e-4;

export interface Training {
  readonly model: tf.LayersModel;
  /** Weights and moving statistics, then one momentum buffer for each trainable weight. */
  readonly variables: tf.Variable[];
  readonly step: Step<'images' | 'labels' | 'learningRate', 'loss' | 'logits'>;
}

/**
 * SGD with momentum (v ← μ·v + ∇L + λ·w, w ← w − η·v), the learning rate η fed, as a training loop writes it.
 */
export function smallTraining(): Training {
  const model = buildModel(smallNetwork());
  const trainable = model.trainableWeights.map(variableOf);
  const velocities = trainable.map((variable) => tf.variable(tf.zerosLike(variable as tf.Tensor), false));
  const step: Training['step'] = ({ images, labels, learningRate }) => {
    let logits: tf.Tensor | undefined;
    const { value: loss, grads } = tf.variableGrads(() => {
      logits = tf.keep(model.apply(images, { training: true }) as tf.Tensor);
      return tf.mean(softmaxCrossEntropy(labels as tf.Tensor2D, logits as tf.Tensor2D));
    }, trainable);
    trainable.forEach((variable, index) => {
      const gradient = tf.add(grads[variable.name]!, tf.mul(variable as tf.Tensor, WEIGHT_DECAY));
      applyMomentum({ weight: variable, velocity: velocities[index]!, gradient, learningRate, momentum: MOMENTUM, nesterov: false });
    });
    return { loss, logits: logits! };
  };
  return { model, variables: [...model.weights.map(variableOf), ...velocities], step };
}
