import { EspalierError, type NetworkData } from '@espalier/core';
import type { Dataset, DetectionDataset } from '@espalier/datasets';
import { compileOrEager, fusedInference, tf } from '@espalier/tensor';
import type { JobContext } from '../context.ts';
import { loadNetwork, outputsOf, type LoadedNetwork } from '../steps/model.ts';
import type { Objective, Pictures } from '../steps/objective.ts';
import { hasScenes, labelledExamples, sceneExamples, type Examples } from './examples.ts';

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
 * whole batch, so pictures that fill none are left out of them; the loss of a detector is the one that it is trained by.
 * @throws EspalierError BAD_DATASET without training pictures, BAD_NETWORK for a layer or weight that the network does not have.
 */
export async function listenTo(
  network: NetworkData,
  dataset: Dataset | DetectionDataset,
  listener: Listener,
  context: JobContext,
): Promise<void> {
  await (hasScenes(dataset)
    ? listenToExamples(network, sceneExamples(network, dataset, listener.images), listener, context)
    : listenToExamples(network, labelledExamples(dataset, listener.images), listener, context));
}

async function listenToExamples<ExampleBatch extends Counted>(
  network: NetworkData,
  examples: Examples<ExampleBatch>,
  listener: Listener,
  context: JobContext,
): Promise<void> {
  const { shape, count, objective } = examples;
  const batchSize = Math.min(largestBatch, count);
  const loaded = loadNetwork(network);
  const surroundings = { loaded, shape, batchSize, warn: (text: string) => context.warn(text) };
  try {
    const pass = listener.kind === 'feature-maps' ? mapsOf(surroundings, listener) : gradientsOf(surroundings, listener, objective);
    try {
      let seen = 0;
      for await (const batch of examples.batches(batchSize)) {
        context.progress('looking at pictures', () => ({ step: seen, steps: count }));
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

type Counted = Pictures & { readonly count: number };

interface Surroundings {
  readonly loaded: LoadedNetwork;
  readonly shape: readonly [number, number, number];
  readonly batchSize: number;
  readonly warn: (text: string) => void;
}

interface Pass<ExampleBatch> {
  run(batch: ExampleBatch): void;
  dispose(): void;
}

function mapsOf({ loaded: { model, variables }, shape, batchSize, warn }: Surroundings, listener: MapListener): Pass<Counted> {
  const outputs = listener.taps.map(({ tap }) => {
    const layer = model.layers.find(({ name }) => name === tap);
    if (layer === undefined) throw missing('layer', tap);
    return layer.output as tf.SymbolicTensor;
  });
  const tapped = tf.model({ inputs: model.inputs, outputs });
  const infer = fusedInference(tapped);
  const example = tf.zeros([batchSize, ...shape]);
  const step = compileOrEager<'images', string>(({ images }) => numbered(infer(images)), { feeds: { images: example }, variables }, warn);
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

function gradientsOf<ExampleBatch extends Counted>(
  { loaded, shape, batchSize, warn }: Surroundings,
  listener: GradientListener,
  objective: Objective<ExampleBatch>,
): Pass<ExampleBatch> {
  const wanted = listener.weights.map((name) => {
    const place = loaded.network.weights.findIndex((weight) => weight.name === name);
    if (place === -1) throw missing('weight', name);
    return loaded.variables[place]!;
  });
  const targetShapes = Object.entries(objective.targetShapes(batchSize)).map(([name, { shape: size, dtype }]) => ({
    name,
    size: [...size],
    dtype,
  }));
  const feeds: Record<string, tf.Tensor> = { images: tf.zeros([batchSize, ...shape]) };
  for (const { name, size, dtype } of targetShapes) feeds[name] = tf.zeros(size, dtype);
  const step = compileOrEager<string, string>(
    ({ images, ...targets }) => {
      const loss = (): tf.Scalar => objective.judge(outputsOf(loaded, images!, false), targets).loss;
      const { grads, value } = tf.variableGrads(loss, wanted);
      value.dispose();
      return numbered(wanted.map(({ name }) => grads[name]!));
    },
    { feeds, variables: loaded.variables },
    warn,
  );
  tf.dispose(feeds);
  return {
    run: (batch) => {
      if (batch.count < batchSize) return;
      const targets = objective.targetsOf(batch);
      const fed: Record<string, tf.Tensor> = { images: tf.tensor4d(batch.images, [batchSize, ...shape]) };
      for (const { name, size, dtype } of targetShapes) fed[name] = tf.tensor(targets[name]!, size, dtype);
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
