import { type RunnableStep, tf } from '../src/index.ts';
import { smallBatch } from './small-network.ts';

export const BATCH = 16;

export type TrainingStep = RunnableStep<'images' | 'labels' | 'learningRate', 'loss' | 'logits'>;

export const exampleFeeds = (): { images: tf.Tensor; labels: tf.Tensor; learningRate: tf.Tensor } => ({
  ...smallBatch(99, BATCH),
  learningRate: tf.scalar(0),
});

/** The losses of some steps on fresh batches, at a small rate. */
export function takeSteps(step: TrainingStep, count: number): number[] {
  return Array.from({ length: count }, (_, index) =>
    tf.tidy(() => step.run({ ...smallBatch(index, BATCH), learningRate: tf.scalar(0.01) }).loss.dataSync<'float32'>()[0]!),
  );
}
