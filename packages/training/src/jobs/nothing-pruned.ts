import type { AnalyseJob, NetworkCost } from '@espalier/core';
import { dependencyGroups, networkCost, readGraph } from '@espalier/network';
import type { JobContext, JobOutcome } from '../context.ts';
import { readNetworkFile } from './files.ts';

/** How the analysis of a later round ends that finds nothing more to remove: every group stays whole, and there is no plan. */
export async function nothingPruned({ networkPath, round }: AnalyseJob, why: string, context: JobContext): Promise<JobOutcome> {
  const graph = readGraph((await readNetworkFile(networkPath)).network.topology);
  const { parameters, macs } = networkCost(graph);
  const cost: NetworkCost = { parameters, macs };
  const groups = dependencyGroups(graph).map(({ id, channels, reason }) => ({ group: id, before: channels, after: channels, reason }));
  context.info(`Round ${round} removes nothing more: ${why}. The rounds end here.`);
  return { result: { kind: 'analyse', before: cost, predicted: cost, reachedRatio: 0, groups, nothingPruned: why }, outputs: [] };
}
