import { EspalierError, type CostTarget, type NetworkData, type Target } from '@espalier/core';
import { measureLatencies } from '@espalier/formats';
import {
  dependencyGroups,
  networkCost,
  readGraph,
  uniformWidths,
  minimumCost,
  type GroupWidths,
  type WidthLimits,
} from '@espalier/network';
import { prune } from '@espalier/surgery';
import type { JobContext } from '../context.ts';
import type { ResolvedTarget } from './resolve.ts';

/** Halvings of the range of ratios: they leave a 128th of it, which is less than what repeated measurements differ by. */
const halvings = 7;
/** The runs of one comparison; it is repeated for each halving. */
const repetitions = 60;
const budgetMs = 4000;

/** The time of a narrowed network as a share of the whole one's. */
export type TimeShare = (narrowed: NetworkData) => Promise<number>;

const measuredTimeShare =
  (network: NetworkData, context: JobContext): TimeShare =>
  async (narrowed) => {
    const between = (): Promise<void> => context.breatheOrStop();
    const options = { repetitions, budgetMs, threads: context.device.threads, clock: context.now, between };
    const [whole, cut] = await measureLatencies([network, narrowed], options);
    return cut!.medianMs / whole!.medianMs;
  };

/**
 * The share of multiply-accumulates to remove so that one picture takes the asked share of time less, found by bisection: uniformly narrowed networks are
 * measured in ONNX Runtime, each in turn with the whole one. Time depends on widths, not on which channels stay, so any channels do for measuring. What
 * is found belongs to this machine and varies with what else it does; the plan keeps the found share, and from there everything is exact again.
 * @throws EspalierError TARGET_OUT_OF_REACH with the least time that was measured.
 */
export async function latencyAsCost(
  { reductionRatio }: Extract<Target, { measure: 'latency' }>,
  network: NetworkData,
  limits: WidthLimits,
  context: JobContext,
  timeShareOf: TimeShare = measuredTimeShare(network, context),
): Promise<ResolvedTarget> {
  const graph = readGraph(network.topology);
  const groups = dependencyGroups(graph);
  const { macs } = networkCost(graph);
  const most = 1 - minimumCost(graph, groups, limits).macs / macs;
  const timeShareAt = async (share: number): Promise<number> => {
    context.progress(`measuring latency at ${(100 * share).toFixed(1)} % fewer MACs`);
    await context.breatheOrStop();
    const { widths } = uniformWidths(graph, groups, { measure: 'macs', reductionRatio: share, ...limits });
    return timeShareOf(prune(network, { keep: firstChannels(widths) }));
  };
  const least = await timeShareAt(most);
  if (least > 1 - reductionRatio) throw outOfReach(reductionRatio, least);
  let [below, beyond, reached] = [0, most, least];
  for (let halving = 0; halving < halvings; halving++) {
    const middle = (below + beyond) / 2;
    const timeShare = await timeShareAt(middle);
    if (timeShare <= 1 - reductionRatio) [beyond, reached] = [middle, timeShare];
    else below = middle;
  }
  const target: CostTarget = { measure: 'macs', reductionRatio: beyond };
  context.info(
    `${(100 * beyond).toFixed(1)} % fewer MACs take ${(100 * (1 - reached)).toFixed(1)} % less time here; ${(100 * reductionRatio).toFixed(1)} % were asked for`,
  );
  return { target, asked: { measure: 'latency', reductionRatio, reachedRatio: 1 - reached } };
}

const firstChannels = (widths: GroupWidths): Record<string, number[]> =>
  Object.fromEntries(Object.entries(widths).map(([id, width]) => [id, Array.from({ length: width }, (_, channel) => channel)]));

function outOfReach(asked: number, leastShare: number): EspalierError {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const most = Math.max(0, 1 - leastShare);
  return new EspalierError(
    'TARGET_OUT_OF_REACH',
    `${percent(asked)} less time cannot be reached: with every group at its least width a picture still takes ${percent(leastShare)} of the time on this machine`,
    { hint: `Ask for at most ${percent(most)}, or allow narrower groups.`, path: ['target', 'reductionRatio'] },
  );
}
