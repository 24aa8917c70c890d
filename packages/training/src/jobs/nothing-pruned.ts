import type { AnalyseJob, EspalierError, NetworkCost } from '@espalier/core';
import { dependencyGroups, networkCost, readGraph } from '@espalier/network';
import type { JobContext, JobOutcome } from '../context.ts';
import { readNetworkFile } from './files.ts';

/** How the analysis of a later round ends that finds nothing more to remove, or not enough: every group stays whole, and there is no plan. */
export async function nothingPruned(
  { networkPath, round }: AnalyseJob,
  { code, message: why }: EspalierError,
  context: JobContext,
): Promise<JobOutcome> {
  const graph = readGraph((await readNetworkFile(networkPath)).network.topology);
  const { parameters, macs } = networkCost(graph);
  const cost: NetworkCost = { parameters, macs };
  const groups = dependencyGroups(graph).map(({ id, channels, reason }) => ({ group: id, before: channels, after: channels, reason }));
  const words = `Round ${round} removes nothing more: ${why}. The rounds end here.`;
  if (code === 'TARGET_OUT_OF_REACH') context.warn(words);
  else context.info(words);
  return { result: { kind: 'analyse', before: cost, predicted: cost, reachedRatio: 0, groups, nothingPruned: why }, outputs: [] };
}
