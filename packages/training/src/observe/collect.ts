import { EspalierError, type NetworkData } from '@espalier/core';
import { everyBatch, stratifiedSubset, type Batch, type Dataset } from '@espalier/datasets';
import { compileOrEager, tf } from '@espalier/tensor';
import type { JobContext } from '../context.ts';
import { crossEntropy } from '../steps/loss.ts';
import { loadNetwork, logitsOf, type LoadedNetwork } from '../steps/model.ts';

/** The maps one layer makes of some pictures: [images, height, width, channels], row-major. */
export interface ObservedMaps {
  readonly shape: readonly [images: number, height: number, width: number, channels: number];
  readonly values: Float32Array;
}

/** Whoever wants to see what layers make of pictures: the output of layer `tap` is told as that of `layer`. */
export interface MapListener {
  readonly kind: 'feature-maps';
  readonly taps: readonly { readonly layer: string; readonly tap: string }[];
  readonly images: number;
  add(layer: string, maps: ObservedMaps): void;
}

/** Whoever wants the gradients of the loss with respect to some weights. */
export interface GradientListener {
  readonly kind: 'gradients';
  readonly images: number;
  readonly weights: readonly string[];
  add(gradients: ReadonlyMap<string, Float32Array>): void;
}

export type Listener = MapListener | GradientListener;

/** Few enough that the maps of all layers of a large network fit into memory at once. */
const largestBatch = 32;

/**
 * Lets training pictures go through a network in inference mode and tells what is asked for, batch by batch. The pictures are a stratified subset that
 * the dataset's digest fixes; the test split is never looked at, for what is seen here decides what is cut. Gradients are those of the mean loss of a
 * whole batch, so pictures that fill none are left out of them.
 * @throws EspalierError BAD_DATASET without training pictures, BAD_NETWORK for a layer or weight that the network does not have.
 */
export async function listenTo(network: NetworkData, dataset: Dataset, listener: Listener, context: JobContext): Promise<void> {
  const { training } = dataset.splits;
  if (training.indices.length === 0)
    throw new EspalierError('BAD_DATASET', 'there is no training picture to look at', { hint: 'Hold out less for validation.' });
  const subset = stratifiedSubset(dataset, training, listener.images);
  const batchSize = Math.min(largestBatch, subset.indices.length);
  const loaded = loadNetwork(network);
  const surroundings = { loaded, shape: dataset.shape, batchSize, warn: (text: string) => context.warn(text) };
  try {
    const pass = listener.kind === 'feature-maps' ? mapsOf(surroundings, listener) : gradientsOf(surroundings, listener);
    try {
      let seen = 0;
      for await (const batch of everyBatch(dataset, subset, batchSize)) {
        context.progress('looking at pictures', () => ({ step: seen, steps: subset.indices.length }));
        await context.breatheOrStop();
        pass.run(batch);
        seen += batch.count;
      }
    } finally {
      pass.dispose();
    }
  } finally {
    loaded.model.dispose();
  }
}

interface Surroundings {
  readonly loaded: LoadedNetwork;
  readonly shape: Dataset['shape'];
  readonly batchSize: number;
  readonly warn: (text: string) => void;
}

interface Pass {
  run(batch: Batch): void;
  dispose(): void;
}

function mapsOf({ loaded: { model, variables }, shape, batchSize, warn }: Surroundings, listener: MapListener): Pass {
  const outputs = listener.taps.map(({ tap }) => {
    const layer = model.layers.find(({ name }) => name === tap);
    if (layer === undefined) throw missing('layer', tap);
    return layer.output as tf.SymbolicTensor;
  });
  const tapped = tf.model({ inputs: model.inputs, outputs });
  const example = tf.zeros([batchSize, ...shape]);
  const step = compileOrEager<'images', string>(
    ({ images }) => numbered([tapped.apply(images, { training: false }) as tf.Tensor | tf.Tensor[]].flat()),
    { feeds: { images: example }, variables },
    warn,
  );
  example.dispose();
  return {
    run: ({ images, count }) => {
      const fed = tf.tensor4d(images, [batchSize, ...shape]);
      const made = step.run({ images: fed });
      listener.taps.forEach(({ layer }, place) => {
        const tensor = made[place]!;
        const [, ...own] = tensor.shape;
        // A dense layer's outputs are maps of one place.
        const [height, width, channels] = own.length === 3 ? (own as [number, number, number]) : [1, 1, own.at(-1)!];
        const values = tensor.dataSync<'float32'>().subarray(0, count * height * width * channels);
        listener.add(layer, { shape: [count, height, width, channels], values });
      });
      tf.dispose([fed, made]);
    },
    dispose: () => step.dispose(),
  };
}

function gradientsOf({ loaded, shape, batchSize, warn }: Surroundings, listener: GradientListener): Pass {
  const wanted = listener.weights.map((name) => {
    const place = loaded.network.weights.findIndex((weight) => weight.name === name);
    if (place === -1) throw missing('weight', name);
    return loaded.variables[place]!;
  });
  const examples = { images: tf.zeros([batchSize, ...shape]), labels: tf.zeros([batchSize], 'int32') };
  const step = compileOrEager<'images' | 'labels', string>(
    ({ images, labels }) => {
      const loss = (): tf.Scalar => crossEntropy(logitsOf(loaded, images, false), labels as tf.Tensor1D);
      const { grads, value } = tf.variableGrads(loss, wanted);
      value.dispose();
      return numbered(wanted.map(({ name }) => grads[name]!));
    },
    { feeds: examples, variables: loaded.variables },
    warn,
  );
  tf.dispose(examples);
  return {
    run: ({ images, labels, count }) => {
      if (count < batchSize) return;
      const fed = { images: tf.tensor4d(images, [batchSize, ...shape]), labels: tf.tensor1d(labels, 'int32') };
      const made = step.run(fed);
      listener.add(new Map(listener.weights.map((name, place) => [name, made[place]!.dataSync<'float32'>()])));
      tf.dispose([fed, made]);
    },
    dispose: () => step.dispose(),
  };
}

const numbered = (tensors: readonly tf.Tensor[]): Record<string, tf.Tensor> =>
  Object.fromEntries(tensors.map((tensor, place) => [place, tensor]));

const missing = (what: 'layer' | 'weight', name: string): EspalierError =>
  new EspalierError('BAD_NETWORK', `the network has no ${what} ${name} to look at`, { path: [`${what}s`, name] });
