import type { NetworkData } from '@espalier/core';
import { compileOrEager, fusedInference, tf, type RunnableStep } from '@espalier/tensor';
import { loadNetwork } from './model.ts';

export interface ForwardPassOptions {
  readonly network: NetworkData;
  readonly batchSize: number;
  /** [height, width, channels] */
  readonly imageShape: readonly [number, number, number];
  readonly warn: (text: string) => void;
}

/** A network in inference mode as one call into TensorFlow: a batch of images in, its outputs out. */
export class ForwardPass {
  readonly batchSize: number;
  readonly #shape: [number, number, number, number];
  readonly #compiled: RunnableStep<'images', string>;
  readonly #model: tf.LayersModel;

  constructor({ network, batchSize, imageShape, warn }: ForwardPassOptions) {
    const loaded = loadNetwork(network);
    this.batchSize = batchSize;
    this.#shape = [batchSize, ...imageShape];
    this.#model = loaded.model;
    const infer = fusedInference(loaded.model);
    const images = tf.zeros(this.#shape);
    this.#compiled = compileOrEager(
      (feeds) => Object.fromEntries(infer(feeds.images).entries()),
      { feeds: { images }, variables: loaded.variables },
      warn,
    );
    images.dispose();
  }

  /** How many numbers one batch of images is. */
  get inputLength(): number {
    return this.#shape.reduce((product, size) => product * size, 1);
  }

  /** Puts other weights in, given in the network's order. */
  write(weights: readonly Float32Array[]): void {
    this.#compiled.write(weights);
  }

  /** @param images [batch, height, width, channels] @returns what the first output gives: logits [batch, classes] of a classifier. */
  run(images: Float32Array): Float32Array {
    return this.runAll(images)[0]!;
  }

  /** The same for every output, in the network's order; each has the batch in front. */
  runAll(images: Float32Array): Float32Array[] {
    const fed = tf.tensor4d(images, this.#shape);
    const outputs = this.#compiled.run({ images: fed });
    const values = Object.values(outputs).map((output) => output.dataSync<'float32'>());
    tf.dispose([fed, outputs]);
    return values;
  }

  dispose(): void {
    this.#compiled.dispose();
    this.#model.dispose();
  }
}
