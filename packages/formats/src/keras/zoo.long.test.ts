import { dependencyGroups, readGraph } from '@espalier/network';
import { randomPlan } from '@espalier/network/testing';
import { prune } from '@espalier/surgery';
import { buildZooTopology, zoo } from '@espalier/zoo';
import { describe, expect, it } from 'vitest';
import { randomWeights } from '../../test/random-weights.ts';
import { inSilence } from '../format.ts';
import { encodeNetwork } from '../network-file.ts';
import { kerasArchive } from './archive/format.ts';
import { kerasH5 } from './h5/format.ts';

describe.each(zoo)('$name', ({ name, inputShape, smallestSide, fixedSide }) => {
  it('comes back from a Keras file letter by letter, whole and cut', { timeout: 600_000 }, async () => {
    const shape = fixedSide === true ? inputShape : ([smallestSide, smallestSide, 3] as const);
    const whole = randomWeights(buildZooTopology(name, { classes: 10, inputShape: shape }), 4);
    const cut = prune(whole, randomPlan(dependencyGroups(readGraph(whole.topology)), 4));
    for (const network of [whole, cut])
      for (const format of [kerasH5, kerasArchive]) {
        const read = await format.decode(await format.encode(network, {}), inSilence);
        expect(read.topology).toEqual(network.topology);
        expect(Buffer.compare(encodeNetwork(read), encodeNetwork(network))).toBe(0);
      }
  });
});
