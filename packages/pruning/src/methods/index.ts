import type { PruningMethod } from '../method.ts';
import { acp } from './acp/index.ts';
import { apssf } from './apssf/index.ts';
import { chip } from './chip/index.ts';
import { exp } from './exp/index.ts';
import { fpgm } from './fpgm/index.ts';
import { groupNorm } from './group-norm/index.ts';
import { hrank } from './hrank/index.ts';
import { icp } from './icp/index.ts';
import { l1 } from './l1/index.ts';
import { l2 } from './l2/index.ts';
import { lamp } from './lamp/index.ts';
import { mcicp } from './mcicp/index.ts';
import { random } from './random/index.ts';
import { slimming } from './slimming/index.ts';
import { taylor } from './taylor/index.ts';
import { uniform } from './uniform/index.ts';

/** Every method: the papers' first, then the baselines that they have to beat. */
export const methods: readonly PruningMethod[] = [
  mcicp,
  acp,
  icp,
  apssf,
  exp,
  l1,
  l2,
  fpgm,
  slimming,
  taylor,
  hrank,
  chip,
  lamp,
  groupNorm,
  random,
  uniform,
];
