export {
  observables,
  defineMethod,
  type Observable,
  type Clustering,
  type GroupChoice,
  type ChoiceContext,
  type MethodDefinition,
  type PruningMethod,
  type WidthBudget,
  type WidthContext,
} from './method.ts';
export { observe, type GroupObservation, type NetworkObservation } from './observation/observation.ts';
export type { CollectionSubject, Collector, FeatureMaps, GradientCollector, MapCollector, Tap } from './observation/collector.ts';
export type { LayerStatistic, Statistics } from './observation/statistics.ts';
export type { FilterBank } from './observation/filters.ts';
export { methods } from './methods/index.ts';
export { acpSwarm, type WidthSwarm } from './methods/acp/swarm.ts';
export { expKernelMask } from './methods/exp/kernel-mask.ts';
export { withSilentKernels, type KernelMask } from './methods/kernel-masks/kernel-mask.ts';
export { mcicpCentreRanges } from './methods/mcicp/index.ts';
export { mcicpKernelMask } from './methods/mcicp/kernel-mask.ts';
export { widthBudget } from './selection/budget.ts';
export { catalogue, methodNamed, completeMethodChoice, methodWithPreset, type MethodDescription } from './catalogue.ts';
export { channelChooser } from './chooser.ts';
export { searchFor, type SearchRequest } from './search-for.ts';
export type { AccuracySearch } from './search/index.ts';
export { collectorFor } from './collect.ts';
export { planPruning, type PlanRequest, type PlannedPruning, type GroupOutcome } from './plan.ts';
