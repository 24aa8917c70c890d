import { createGenerator } from '@espalier/core';
import {
  applyMomentum,
  buildModel,
  fusedInference,
  softmaxCrossEntropy,
  type Step,
  type StepOptions,
  tf,
  variableOf,
  withRandomKey,
} from '@espalier/tensor';
import { buildZooNetwork } from '@espalier/zoo';
import type { Contestant } from './networks.ts';

const MOMENTUM = 0.9;
const WEIGHT_DECAY = 1e-4;

/** What is computed with, all of it in memory. `labels` of a detector are one for each default box, and `boxes` its offsets. */
type Feed = 'images' | 'labels' | 'boxes' | 'learningRate' | 'randomKey';

export interface Workload {
  readonly training: Step<Feed, string>;
  readonly inference: Step<'images', string>;
  readonly options: StepOptions<Feed>;
  readonly parameters: number;
}

/** One step of stochastic gradient descent with momentum, and one pass in inference mode. */
export function workload({ zoo, batch }: Contestant, stock: boolean): Workload {
  const model = buildModel(buildZooNetwork(zoo, { seed: 1 }));
  const trainable = model.trainableWeights.map(variableOf);
  const velocities = trainable.map((variable) => tf.variable(tf.zerosLike(variable as tf.Tensor), false));
  const [, ...imageShape] = model.inputs[0]!.shape as [null, number, number, number];
  const shapes = model.outputs.map(({ shape }) => shape.slice(1) as number[]);
  const feeds = {
    images: noise('images', [batch, ...imageShape]),
    labels: randomLabels([batch, ...shapes[0]!.slice(0, -1)], shapes[0]!.at(-1)!),
    boxes: noise('boxes', [batch, ...(shapes[1] ?? [1])]),
    learningRate: tf.scalar(1e-3),
    randomKey: tf.tensor1d([1, 2], 'int32'),
  };
  const training: Workload['training'] = ({ images, labels, boxes, learningRate, randomKey }) => {
    const outputs = () => [model.apply(images, { training: true }) as tf.Tensor | tf.Tensor[]].flat();
    const dropped = stock ? outputs : () => withRandomKey(randomKey as tf.Tensor1D, outputs);
    const loss = () => lossOf(dropped(), labels, boxes, stock);
    const { value, grads } = tf.variableGrads(loss, trainable);
    trainable.forEach((weight, index) => {
      const velocity = velocities[index]! as tf.Tensor;
      const gradient = tf.add(grads[weight.name]!, tf.mul(weight as tf.Tensor, WEIGHT_DECAY));
      if (stock) {
        const moved = tf.add(tf.mul(velocity, MOMENTUM), gradient);
        velocities[index]!.assign(moved);
        weight.assign(tf.sub(weight as tf.Tensor, tf.mul(moved, learningRate)));
      } else applyMomentum({ weight, velocity: velocities[index]!, gradient, learningRate, momentum: MOMENTUM, nesterov: false });
    });
    return { loss: value };
  };
  const pass = stock
    ? (images: tf.Tensor) => [model.apply(images, { training: false }) as tf.Tensor | tf.Tensor[]].flat()
    : fusedInference(model);
  return {
    training,
    inference: ({ images }) => numbered(pass(images)),
    options: { feeds, variables: [...model.weights.map(variableOf), ...velocities] },
    parameters: trainable.reduce((total, { size }) => total + size, 0),
  };
}

/**
 * Cross-entropy; for a detector the mean over all default boxes of it and of the smooth L1 distance of the offsets, which costs what the multibox
 * loss costs but for its sorting of the background boxes (`pytorch_peer.py` says the same).
 */
function lossOf([logits, offsets]: readonly tf.Tensor[], labels: tf.Tensor, boxes: tf.Tensor, stock: boolean): tf.Scalar {
  const classes = logits!.shape.at(-1)!;
  const rows = tf.reshape(logits!, [-1, classes]) as tf.Tensor2D;
  const chosen = tf.oneHot(tf.reshape(labels, [-1]), classes, 1, 0, 'float32') as tf.Tensor2D;
  const entropy = (stock ? tf.losses.softmaxCrossEntropy(chosen, rows) : tf.mean(softmaxCrossEntropy(chosen, rows))) as tf.Scalar;
  if (offsets === undefined) return entropy;
  const distance = tf.abs(tf.sub(offsets, boxes));
  const near = tf.minimum(distance, 1);
  return tf.add(entropy, tf.mean(tf.add(tf.mul(tf.square(near), 0.5), tf.sub(distance, near))));
}

function noise(purpose: string, shape: number[]): tf.Tensor {
  const generator = createGenerator(1, 'bench', purpose);
  return tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => generator.normal()),
    shape,
  );
}

function randomLabels(shape: number[], classes: number): tf.Tensor {
  const generator = createGenerator(1, 'bench', 'labels');
  return tf.tensor(
    Int32Array.from({ length: tf.util.sizeFromShape(shape) }, () => generator.integer(classes)),
    shape,
    'int32',
  );
}

const numbered = (tensors: readonly tf.Tensor[]): Record<string, tf.Tensor> =>
  Object.fromEntries(tensors.map((tensor, place) => [place, tensor]));
