import type { EvaluateJob, LayerSummary, Measurement } from '@espalier/core';
import { layerCosts, readGraph } from '@espalier/network';
import type { JobContext, JobOutcome } from '../context.ts';
import { measureLatency } from '../measure/latency.ts';
import { readNetworkFile, type NetworkFile } from './files.ts';
import { measure } from './measure.ts';
import { openFor, type OpenedDataset } from './opened.ts';

/**
 * Measures networks on one split with the same code; their latencies in turn. A job that asks for `training` or `validation` gets them as
 * they are with the default share held out.
 */
export async function runEvaluate(job: EvaluateJob, context: JobContext): Promise<JobOutcome> {
  context.progress('preparing');
  const files = await Promise.all(job.networks.map(async ({ name, path }) => ({ name, file: await readNetworkFile(path) })));
  const measurements: Record<string, Measurement> = {};
  const layers: Record<string, LayerSummary[]> = {};
  let opened: OpenedDataset | null = null;
  for (const { name, file } of files) {
    opened = await openFor(file.network, job.dataset, name, context, opened);
    measurements[name] = await measure(name, file, opened, job.split, context);
    layers[name] = layerCosts(readGraph(file.network.topology)).map(({ layer, type, outputShape, parameters, macs }) => ({
      name: layer,
      type,
      outputShape: [...outputShape],
      parameters,
      macs,
    }));
  }
  if (job.latency) await addLatency(measurements, files, context);
  return { result: { kind: 'evaluate', measurements, layers }, outputs: [] };
}

async function addLatency(
  measurements: Record<string, Measurement>,
  files: readonly { readonly name: string; readonly file: NetworkFile }[],
  context: JobContext,
): Promise<void> {
  const networks = files.map(({ name, file }) => ({ name, network: file.network }));
  for (const [name, latency] of await measureLatency(networks, context)) measurements[name] = { ...measurements[name]!, latency };
}
