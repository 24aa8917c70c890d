export {
  observables,
  defineMethod,
  type Observable,
  type GroupChoice,
  type ChoiceContext,
  type MethodDefinition,
  type PruningMethod,
} from './method.ts';
export { observe, type FeatureMaps, type GroupObservation, type NetworkObservation } from './observation/observation.ts';
export type { FilterBank } from './observation/filters.ts';
export { methods } from './methods/index.ts';
export { catalogue, methodNamed, completeMethodChoice, type MethodDescription } from './catalogue.ts';
export { planPruning, type PlanRequest, type PlannedPruning, type GroupOutcome } from './plan.ts';
