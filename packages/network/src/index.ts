export { channelCount, elementCount, positionCount, sameShape, shapeText, type Shape } from './shape.ts';
export { readGraph, unsupportedLayers, type Graph, type GraphNode, type UnsupportedLayer } from './graph.ts';
export { UnsupportedLayers } from './unsupported.ts';
export {
  axisSetting,
  booleanSetting,
  integerSetting,
  listSetting,
  marginsSetting,
  pairSetting,
  textSetting,
  type ConfiguredLayer,
} from './config.ts';
export { layerTypes } from './layers/table.ts';
export { axisRoles, type AxisRole, type WeightAxis, type WeightSpec } from './layers/kind.ts';
export { weightSpecs, checkWeights, type NamedWeightSpec } from './weights.ts';
export { dependencyGroups, type DependencyGroup, type GroupMember } from './channels/groups.ts';
export { conventionNames, type ConventionName } from './cost/conventions.ts';
export { hrankRuleCost, parseRates, type HrankRuleCost, type RemovalRates } from './cost/hrank-rule.ts';
export { layerCosts, networkCost, type LayerCost, type ConventionalCost } from './cost/cost.ts';
export {
  PruningPlanSchema,
  validatePlan,
  widthsAfter,
  layerWidths,
  type PruningPlan,
  type KeepLists,
  type GroupWidths,
} from './plan/plan.ts';
export { costAfter, targetMetBy } from './plan/cost-after.ts';
export {
  ChannelProvenanceSchema,
  channelProvenance,
  channelOrigin,
  type ChannelProvenance,
  type ChannelHistory,
  type ChannelSighting,
  type LayerChannelOrigin,
} from './provenance/provenance.ts';
export type { LayerOrigin } from './provenance/by-layer.ts';
export { keptChannels, cutTopology, type KeptChannels } from './plan/cut.ts';
export {
  costBudget,
  minimumCost,
  uniformWidths,
  widthAt,
  type UniformWidths,
  type UniformWidthsRequest,
  type WidthLimits,
} from './plan/uniform.ts';
export { inspect, type PreflightReport, type GroupReport } from './inspect.ts';
export { diff } from './diff/diff.ts';
export {
  layerStatuses,
  type Change,
  type GroupDifference,
  type LayerDifference,
  type LayerStatus,
  type NetworkDifference,
} from './diff/difference.ts';
export type { SettingChange } from './diff/settings.ts';
export { diffText } from './diff/render/text.ts';
export { diffHtml, type HtmlOptions } from './diff/render/html.ts';
export type { Titles } from './diff/render/words.ts';
