import type { NetworkData, Topology } from '@espalier/core';
import { compileOrEager, tf } from '@espalier/tensor';
import type { Examples } from '../observe/examples.ts';
import type { Pictures } from '../steps/objective.ts';
import { loadNetwork, outputsOf, withValues } from '../steps/model.ts';

const movingRole = /\/moving_(mean|variance)$/;

/** Training pictures to measure by, whatever is to be learnt from them. */
export type CalibrationPictures = Pick<Examples<Pictures & { readonly count: number }>, 'shape' | 'count' | 'batches'>;

export interface RecalibrationOptions {
  readonly batchSize: number;
  readonly warn: (text: string) => void;
  /** Called before every batch; may throw to stop. */
  readonly breathe?: () => Promise<void>;
}

/**
 * The network with the moving statistics of its batch normalisations measured anew: the means, over batches of `pictures`, of what each normalisation sees
 * when the ones before it use the batch's own statistics. A cut network makes other activations than the whole one, and its old statistics are wrong
 * for it; this mends most of the loss without any training (Li et al., "EagleEye", ECCV 2020). No other weight changes; a network without batch
 * normalisations is given back as it is.
 *
 * @param pictures at least one; those that do not fill a last batch are left out, as they would make another shape.
 */
export async function recalibrateBatchNormalisation(
  network: NetworkData,
  pictures: CalibrationPictures,
  { batchSize, warn, breathe = async () => undefined }: RecalibrationOptions,
): Promise<NetworkData> {
  const moving = network.weights.flatMap(({ name }, index) => (movingRole.test(name) ? [index] : []));
  if (moving.length === 0) return network;
  const size = Math.min(batchSize, pictures.count);
  const sums = moving.map((index) => new Float64Array(network.weights[index]!.values.length));
  const loaded = loadNetwork({ topology: withoutMomentum(network.topology), weights: network.weights });
  const example = tf.zeros([size, ...pictures.shape]);
  const step = compileOrEager<'images', string>(
    (feeds) => Object.fromEntries(outputsOf(loaded, feeds.images, true).map((output, place) => [place, tf.sum(output)])),
    { feeds: { images: example }, variables: loaded.variables },
    warn,
  );
  let batches = 0;
  try {
    for await (const { images, count } of pictures.batches(size)) {
      await breathe();
      if (count < size) continue;
      const fed = tf.tensor4d(images, [size, ...pictures.shape]);
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
