export type { Evaluation, GeneRange, Genome, Search } from './evaluations.ts';
export {
  differentialEvolution,
  DifferentialEvolutionSettingsSchema,
  DifferentialEvolutionStateSchema,
  type DifferentialEvolutionSettings,
  type DifferentialEvolutionState,
} from './differential-evolution.ts';
export {
  particleSwarm,
  ParticleSwarmSettingsSchema,
  ParticleSwarmStateSchema,
  type ParticleSwarmSettings,
  type ParticleSwarmState,
} from './particle-swarm.ts';
export { accuracySearch, type AccuracySearch, type GenomeMeaning } from './accuracy.ts';
