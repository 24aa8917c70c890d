import { defineMethod, type GroupChoice } from '../../method.ts';
import type { GroupObservation } from '../../observation/observation.ts';
import { meanGamma } from '../by-score.ts';
import { deadChannels } from '../dead.ts';
import { combinedScaling, expectationScaling } from './psi.ts';
import { selectSurvivors } from './select.ts';
import { type ExpSettings, ExpSettingsSchema } from './settings.ts';
import { similarityIndices } from './similarity.ts';

/**
 * EXP: channels that scale the mean of their input alike are look-alikes, and of these some random ones go.
 *
 * The authors' code silences single kernels (one input channel of one filter) by a mask, which makes no network smaller. Here the object is the
 * filter, which is removed for good; the index S and the random choice stay the paper’s.
 */
export const exp = defineMethod({
  name: 'exp',
  title: 'EXP: expectation scaling factor',
  paper: 'Sun, Chen, Li, Wang, Ma: Random pruning: channel sparsity by expectation scaling factor. PeerJ Computer Science 9:e1564 (2023)',
  summary: 'Groups filters by how they scale the mean of their input, and removes random members of each group of look-alikes.',
  observes: 'weights',
  settings: ExpSettingsSchema,
  presets: {
    paper: { scale: 'signed-maximum', bias: false, sampling: 'uniform' },
    'paper-bn': { scale: 'signed-maximum', bias: true, sampling: 'bn-weighted' },
    recommended: {},
  },
  choose: ({ groups }, { settings, widths, generator }) =>
    Object.fromEntries(
      groups.map((group) => [
        group.id,
        chooseInGroup(group, widths[group.id] ?? group.channels, settings, (bin) => generator(group.id, bin)),
      ]),
    ),
});

function chooseInGroup(
  group: GroupObservation,
  keep: number,
  settings: ExpSettings,
  generator: Parameters<typeof selectSurvivors>[0]['generator'],
): GroupChoice {
  const banks = group.filters();
  const psi = combinedScaling(banks.map((bank) => expectationScaling(bank, settings.bias)));
  const bins = similarityIndices(psi, settings);
  const keptChannels = selectSurvivors({
    bins,
    isDead: deadChannels(banks, { withBias: settings.bias }),
    keep,
    chances: settings.sampling === 'bn-weighted' ? meanGamma(group) : null,
    generator,
  });
  const { levels, scale } = settings;
  return {
    keep: keptChannels,
    scores: Array.from(psi),
    clusters: Array.from(bins),
    clustering: { algorithm: 'similarity index', levels, scale },
  };
}
