import type { NetworkData, Topology } from '@espalier/core';
import { everyBatch, type Dataset, type Split } from '@espalier/datasets';
import { compileOrEager, tf } from '@espalier/tensor';
import { loadNetwork, logitsOf, withValues } from '../steps/model.ts';

const movingRole = /\/moving_(mean|variance)$/;

/**
 * The network with the moving statistics of its batch normalisations measured anew: the means, over batches of `split`, of what each normalisation sees
 * when the ones before it use the batch's own statistics. A cut network makes other activations than the whole one, and its old statistics are wrong
 * for it; this mends most of the loss without any training (Li et al., "EagleEye", ECCV 2020). No other weight changes.
 *
 * @param split must hold at least one picture; the pictures that do not fill a last batch are left out, as they would make another shape.
 */
export async function recalibrateBatchNormalisation(
  network: NetworkData,
  dataset: Dataset,
  split: Split,
  { batchSize, warn }: { batchSize: number; warn: (text: string) => void },
): Promise<NetworkData> {
  const moving = network.weights.flatMap(({ name }, index) => (movingRole.test(name) ? [index] : []));
  if (moving.length === 0) return network;
  const size = Math.min(batchSize, split.indices.length);
  const sums = moving.map((index) => new Float64Array(network.weights[index]!.values.length));
  const loaded = loadNetwork({ topology: withoutMomentum(network.topology), weights: network.weights });
  const example = tf.zeros([size, ...dataset.shape]);
  const step = compileOrEager(
    (feeds) => ({ sum: tf.sum(logitsOf(loaded, feeds.images, true)) }),
    { feeds: { images: example }, variables: loaded.variables },
    warn,
  );
  let batches = 0;
  try {
    for await (const { images, count } of everyBatch(dataset, split, size)) {
      if (count < size) continue;
      const fed = tf.tensor4d(images, [size, ...dataset.shape]);
      tf.dispose([fed, step.run({ images: fed })]);
      const values = step.read();
      moving.forEach((index, place) => values[index]!.forEach((value, channel) => (sums[place]![channel]! += value)));
      batches++;
    }
  } finally {
    step.dispose();
    loaded.model.dispose();
    example.dispose();
  }
  const values = network.weights.map((weight) => weight.values);
  moving.forEach((index, place) => (values[index] = Float32Array.from(sums[place]!, (sum) => sum / batches)));
  return withValues(network, values);
}

/** With momentum 0 the moving statistics after a batch are those of that batch alone. */
const withoutMomentum = (topology: Topology): Topology => ({
  ...topology,
  config: {
    ...topology.config,
    layers: topology.config.layers.map((layer) =>
      layer.class_name === 'BatchNormalization' ? { ...layer, config: { ...layer.config, momentum: 0 } } : layer,
    ),
  },
});
