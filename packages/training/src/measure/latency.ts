import { estimateMedian, type Latency } from '@espalier/core';
import type { JobContext } from '../context.ts';
import type { ForwardPass } from '../steps/forward-pass.ts';

/** Forward passes before the first that counts: they fill caches and let the runtime settle. */
const warmUpCount = 20;
const sampleCount = 200;
/** A large network gets fewer samples rather than minutes of them. */
const budgetMsPerNetwork = 8000;
const leastSampleCount = 20;

/**
 * The time of one forward pass of one image, images in and logits out, for several networks measured in turn (a, b, a, b, …), so that
 * whatever else the machine does meets all of them alike.
 */
export async function measureLatency(
  networks: readonly { readonly name: string; readonly forward: ForwardPass }[],
  context: JobContext,
): Promise<Map<string, Latency>> {
  const timeOf = (forward: ForwardPass, images: Float32Array): number => {
    const startMs = context.now();
    forward.run(images);
    return context.now() - startMs;
  };
  const subjects = networks.map(({ name, forward }) => ({
    name,
    forward,
    images: new Float32Array(forward.inputLength),
    samples: [] as number[],
  }));
  const startMs = context.now();
  for (let round = -warmUpCount; round < sampleCount; round++) {
    for (const { forward, images, samples } of subjects) {
      const tookMs = timeOf(forward, images);
      if (round >= 0) samples.push(tookMs);
    }
    context.progress('measuring latency');
    await context.breatheOrStop();
    if (round + 1 >= leastSampleCount && context.now() - startMs > budgetMsPerNetwork * subjects.length) break;
  }
  return new Map(
    subjects.map(({ name, samples }) => {
      const { median, low, high } = estimateMedian(samples);
      const { backend, tensorflow, threads } = context.device;
      const runtime = tensorflow === null ? backend : `TensorFlow ${tensorflow}`;
      return [name, { runtime, batchSize: 1, threads, samples: samples.length, medianMs: median, lowMs: low, highMs: high }];
    }),
  );
}
