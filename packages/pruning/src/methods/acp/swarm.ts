import type { GroupWidths } from '@espalier/network';
import type { z } from 'zod';
import type { WidthBudget } from '../../method.ts';
import type { NetworkObservation } from '../../observation/observation.ts';
import type { Genome, ParticleSwarmSettingsSchema } from '../../search/index.ts';
import { nothingPruned } from '../faults.ts';
import { clusteredGroups, clusteredWidths, projectedWidths } from '../map-clusters/widths.ts';
import type { AcpSettings } from './index.ts';

/** ACP's search over widths, ready to be run: a particle is the widths of the groups that clustering decides. */
export interface WidthSwarm {
  /** The group of each gene. */
  readonly groups: readonly string[];
  /** For `particleSwarm.start`: the first particle is the clustered network. */
  readonly settings: z.input<typeof ParticleSwarmSettingsSchema>;
  /**
   * The widths that a particle stands for, for `PlanRequest.widths`. Where ε was found for a target, particles that spend more or less than it allows are
   * shrunk or widened until they meet it; where ε was set, it is the only bound on cost, as in the paper.
   */
  widthsOf(particle: Genome): GroupWidths;
}

/**
 * The swarm that starts from the clustered widths (§3 of the paper). Fitness is the accuracy of the network with a particle's widths, on held-out
 * training pictures: the authors measure it on the test set. Throws NOTHING_PRUNED where clustering leaves every group whole.
 */
export function acpSwarm(observation: NetworkObservation, settings: AcpSettings, budget: WidthBudget): WidthSwarm {
  const groups = clusteredGroups(observation, settings);
  const start = clusteredWidths(observation, settings, budget);
  if (groups.every(({ id, channels }) => start[id] === channels)) throw nothingPruned('acp');
  const asWidths = (particle: Genome): GroupWidths =>
    Object.fromEntries(groups.map((group, gene) => [group.id, budget.allowed(group, particle[gene]!)]));
  return {
    groups: groups.map(({ id }) => id),
    settings: {
      ranges: groups.map((group) => ({ least: budget.allowed(group, 1), most: group.channels })),
      start: groups.map(({ id }) => start[id]!),
    },
    widthsOf: (particle) => (settings.epsilon === null ? projectedWidths(groups, asWidths(particle), budget) : asWidths(particle)),
  };
}
