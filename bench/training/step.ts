/**
 * One training step of a CIFAR ResNet-20 at batch 128 (or the network and batch named), three ways, each in a process of its own: stock TF.js
 * kernels, fused kernels, and the compiled step. Prints the median in milliseconds and the live tensors and memory afterwards.
 *
 *   node --import tsx bench/training/step.ts [network] [batch] [steps]
 */
import { spawnSync } from 'node:child_process';
import { argv, execPath, hrtime, memoryUsage } from 'node:process';
import { fileURLToPath } from 'node:url';
import { createGenerator } from '@espalier/core';
import { buildModel, compile, openBackend, runEagerly, type Step, tf, variableOf } from '@espalier/tensor';
import { buildZooNetwork } from '@espalier/zoo';

const ways = ['stock', 'fused', 'compiled'] as const;
type Way = (typeof ways)[number];

const WARM_UP_STEPS = 2;

async function measure(way: Way, network: string, batch: number, steps: number): Promise<string> {
  await openBackend({ fusedKernels: way !== 'stock' });
  const model = buildModel(buildZooNetwork(network, { seed: 1 }));
  const [, height, width, channels] = model.inputs[0]!.shape as [null, number, number, number];
  const classes = model.outputs[0]!.shape[1]!;
  const generator = createGenerator(1, 'bench');
  const images = tf.tensor4d(
    Float32Array.from({ length: batch * height * width * channels }, () => generator.normal()),
    [batch, height, width, channels],
  );
  const labels = tf.oneHot(
    Array.from({ length: batch }, () => generator.integer(classes)),
    classes,
    1,
    0,
    'float32',
  );
  const feeds = { images, labels, learningRate: tf.scalar(0.01) };
  const trainable = model.trainableWeights.map(variableOf);
  const velocities = trainable.map((variable) => tf.variable(tf.zerosLike(variable as tf.Tensor), false));
  const step: Step<keyof typeof feeds, 'loss'> = ({ images: x, labels: y, learningRate }) => {
    const { value: loss, grads } = tf.variableGrads(
      () => tf.losses.softmaxCrossEntropy(y, model.apply(x, { training: true }) as tf.Tensor) as tf.Scalar,
      trainable,
    );
    trainable.forEach((variable, index) => {
      const velocity = velocities[index]!;
      velocity.assign(tf.add(tf.mul(velocity as tf.Tensor, 0.9), grads[variable.name]!));
      variable.assign(tf.sub(variable as tf.Tensor, tf.mul(velocity as tf.Tensor, learningRate)));
    });
    return { loss };
  };
  const variables = [...model.weights.map(variableOf), ...velocities];
  const runnable = (way === 'compiled' ? compile : runEagerly)(step, { feeds, variables });
  const milliseconds: number[] = [];
  let loss = Number.NaN;
  for (let index = -WARM_UP_STEPS; index < steps; index++) {
    const start = hrtime.bigint();
    const result = runnable.run(feeds);
    loss = result.loss.dataSync<'float32'>()[0]!;
    result.loss.dispose();
    if (index >= 0) milliseconds.push(Number(hrtime.bigint() - start) / 1e6);
  }
  const median = milliseconds.sort((a, b) => a - b)[Math.floor(milliseconds.length / 2)]!;
  const memory = `${tf.memory().numTensors} tensors, ${Math.round(memoryUsage.rss() / 2 ** 20)} MiB`;
  return `${way.padEnd(9)} ${median.toFixed(0).padStart(6)} ms  (loss ${loss.toFixed(5)}, ${runnable.nodeCount} nodes, ${memory})`;
}

const [first, network = 'resnet20', batch = '128', steps = '8'] = ways.includes(argv[2] as Way)
  ? argv.slice(2)
  : [undefined, ...argv.slice(2)];
if (first === undefined) {
  for (const way of ways)
    spawnSync(execPath, ['--import', 'tsx', fileURLToPath(import.meta.url), way, network, batch, steps], {
      stdio: ['ignore', 'inherit', 'ignore'],
    });
} else {
  console.log(await measure(first as Way, network, Number(batch), Number(steps)));
}
