import { EspalierError, type Latency, type NetworkData } from '@espalier/core';
import { measureLatencies } from '@espalier/formats';
import type { JobContext } from '../context.ts';

/** Runs before the first that counts: they fill caches and let the runtime settle. */
const warmUp = 20;
const repetitions = 200;
/** A large network gets fewer samples rather than minutes of them. */
const budgetMs = 8000;

/**
 * The time of one picture in ONNX Runtime on the CPU, which is where a network for pictures is most often deployed, for several networks measured in
 * turn. Empty, with a warning, where ONNX Runtime is not there for this machine or can't be told one of the networks: what else was measured stands.
 */
export async function measureLatency(
  networks: readonly { readonly name: string; readonly network: NetworkData }[],
  context: JobContext,
): Promise<Map<string, Latency>> {
  const { threads } = context.device;
  const between = async (): Promise<void> => {
    context.progress('measuring latency');
    await context.breatheOrStop();
  };
  try {
    const subjects = networks.map(({ network }) => network);
    const measured = await measureLatencies(subjects, { threads, warmUp, repetitions, budgetMs, clock: context.now, between });
    return new Map(measured.map((latency, index) => [networks[index]!.name, latencyOf(latency)]));
  } catch (error) {
    if (!(error instanceof EspalierError) || !leavesLatencyOut.has(error.code)) throw error;
    context.warn(`Latency is not measured: ${error.message}. ${error.hint ?? ''}`);
    return new Map();
  }
}

const leavesLatencyOut: ReadonlySet<string> = new Set(['UNAVAILABLE', 'UNSUPPORTED_LAYER', 'BAD_ARTIFACT']);

const latencyOf = (measured: Awaited<ReturnType<typeof measureLatencies>>[number]): Latency => ({
  runtime: `${measured.runtime}, CPU`,
  batchSize: measured.batch,
  threads: measured.threads,
  samples: measured.repetitions,
  medianMs: measured.medianMs,
  lowMs: measured.lowMs,
  highMs: measured.highMs,
});
