import { EspalierError, type MethodChoice, type NetworkData } from '@espalier/core';
import {
  dependencyGroups,
  type DependencyGroup,
  type PruningPlan,
  readGraph,
  targetMetBy,
  widthAt,
  type WidthLimits,
} from '@espalier/network';

export const shareMeasures = ['channels', 'macs', 'parameters'] as const;
export type ShareMeasure = (typeof shareMeasures)[number];

export interface UniformRequest {
  readonly network: NetworkData;
  readonly networkDigest: string;
  readonly method: MethodChoice;
  /** The share of `of` to remove: of every group's channels alike, or of the cost of the whole network. */
  readonly ratio: number;
  readonly of: ShareMeasure;
  readonly limits: WidthLimits;
  readonly seed: number;
}

/**
 * A method by its name, with the settings of a preset of it. Throws BAD_RECIPE for a name that there is not, and BAD_INPUT for a method that has to
 * see pictures, of which there are none here.
 */
export async function methodChoice(name: string, preset: string | undefined): Promise<MethodChoice> {
  const { catalogue, methodNamed, methodWithPreset } = await import('@espalier/pruning');
  const { observes } = methodNamed(name);
  if (observes === 'weights') return methodWithPreset(name, preset);
  const sufficient = catalogue.filter((method) => method.observes === 'weights').map((method) => method.name);
  throw new EspalierError('BAD_INPUT', `the method ${name} looks at ${observes}, and here are no pictures`, {
    hint: `Use espalier compress with a dataset, or a method that looks at weights alone: ${sufficient.join(', ')}.`,
    path: ['method'],
  });
}

/** A plan that keeps the same share of every group. Throws as `planPruning` does. */
export async function planUniform({ network, networkDigest, method, ratio, of, limits, seed }: UniformRequest): Promise<PruningPlan> {
  const { planPruning } = await import('@espalier/pruning');
  if (ratio === 0) throw nothingAsked('a share of 0 leaves every group whole');
  const request = { network, networkDigest, method, seed, round: 1, ...limits };
  if (of !== 'channels') return planPruning({ ...request, target: { measure: of, reductionRatio: ratio } }).plan;
  const graph = readGraph(network.topology);
  const groups = dependencyGroups(graph);
  const widths = uniformWidthsOf(groups, ratio, limits);
  if (groups.every(({ id, channels }) => (widths[id] ?? channels) === channels))
    throw nothingAsked(`a share of ${ratio} leaves every group whole, as the limits are`);
  return planPruning({ ...request, widths, target: targetMetBy(graph, groups, widths) }).plan;
}

const nothingAsked = (message: string): EspalierError =>
  new EspalierError('NOTHING_PRUNED', message, {
    hint: 'Ask for a larger --ratio, or allow narrower groups by --minimum-channels, --channel-multiple and --groups.',
    path: ['ratio'],
  });

function uniformWidthsOf(groups: readonly DependencyGroup[], ratio: number, limits: WidthLimits): Record<string, number> {
  const chosen = groups.filter(({ id, prunable }) => limits.groups?.includes(id) ?? prunable);
  return Object.fromEntries(chosen.map((group) => [group.id, widthAt(group, 1 - ratio, limits)]));
}
