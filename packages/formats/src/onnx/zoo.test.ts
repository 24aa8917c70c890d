import { buildZooTopology, zoo } from '@espalier/zoo';
import { describe, expect, it } from 'vitest';
import { cutAtRandom, narrowed, tensorflowAgainstOnnx } from '../../test/engines.ts';
import { randomWeights } from '../../test/random-weights.ts';

describe('a zoo network, narrow and for small pictures, as an ONNX file', () => {
  it.each(zoo)('$name answers in ONNX Runtime as in TensorFlow, whole and cut', async ({ name, smallestSide, fixedSide }) => {
    // Twice the least side: places are left where a map is flattened.
    const side = fixedSide === true ? smallestSide : Math.max(2 * smallestSide, 32);
    const network = randomWeights(narrowed(buildZooTopology(name, { inputShape: [side, side, 3] })), 3);
    expect(await tensorflowAgainstOnnx(network)).toMatchObject({ equal: true });
    expect(await tensorflowAgainstOnnx(cutAtRandom(network, 3)!)).toMatchObject({ equal: true });
  });
});
