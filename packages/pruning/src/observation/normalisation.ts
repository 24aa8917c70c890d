import { EspalierError, type Weight } from '@espalier/core';
import type { DependencyGroup } from '@espalier/network';

/**
 * |γ| of each batch normalisation in the group, one number for each channel: the mean where a channel occurs several times. Throws BAD_NETWORK, naming the
 * layer, for a γ that is not finite.
 */
export function gammas(group: DependencyGroup, weightOf: (name: string) => Weight, hasWeight: (name: string) => boolean): Float32Array[] {
  return group.members
    .filter(({ role, layer }) => role === 'bn' && hasWeight(`${layer}/gamma`))
    .map(({ layer, indices, multiplicity }) => {
      const { values } = weightOf(`${layer}/gamma`);
      const means = new Float32Array(group.channels);
      indices.forEach((place, row) => {
        means[Math.floor(row / multiplicity)]! += Math.abs(values[place]!) / multiplicity;
      });
      const fault = means.findIndex((mean) => !Number.isFinite(mean));
      if (fault >= 0) throw notFinite(layer, fault);
      return means;
    });
}

const notFinite = (layer: string, channel: number): EspalierError =>
  new EspalierError('BAD_NETWORK', `layer ${layer}: γ of channel ${channel} is not finite`, {
    hint: 'Go back to a checkpoint from before the training diverged.',
    path: ['layers', layer],
  });
