import { networkCost, readGraph } from '@espalier/network';
import { buildZooTopology, zoo } from '@espalier/zoo';
import { describe, expect, it } from 'vitest';
import { cutAtRandom, tensorflowAgainstOnnx } from '../../test/engines.ts';
import { randomWeights } from '../../test/random-weights.ts';

/** Pictures as small as the architecture takes: the layers are the same, and so are their kernels. `zoo.long.test.ts` takes the paper's. */
const small = zoo
  .filter(({ fixedSide }) => fixedSide !== true)
  .map(({ name, smallestSide }) => ({ name, side: Math.max(smallestSide, 32) }))
  .map(({ name, side }) => ({ name, topology: buildZooTopology(name, { inputShape: [side, side, 3] }) }))
  .filter(({ topology }) => networkCost(readGraph(topology)).parameters < 30e6);

describe('a zoo network as an ONNX file', () => {
  it.each(small)('$name answers in ONNX Runtime as in TensorFlow, whole and cut', async ({ topology }) => {
    const network = randomWeights(topology, 3);
    expect(await tensorflowAgainstOnnx(network)).toMatchObject({ equal: true });
    expect(await tensorflowAgainstOnnx(cutAtRandom(network, 3)!)).toMatchObject({ equal: true });
  });

  it('ssd300-vgg16, cut, answers in ONNX Runtime as in TensorFlow', async () => {
    const network = randomWeights(buildZooTopology('ssd300-vgg16', { classes: 3 }), 3);
    expect(await tensorflowAgainstOnnx(cutAtRandom(network, 3)!)).toMatchObject({ equal: true });
  });
});
