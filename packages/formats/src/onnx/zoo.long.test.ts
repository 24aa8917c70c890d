import { buildZooTopology, zoo } from '@espalier/zoo';
import { describe, expect, it } from 'vitest';
import { cutAtRandom, tensorflowAgainstOnnx } from '../../test/engines.ts';
import { randomWeights } from '../../test/random-weights.ts';

describe('a zoo network for pictures of its paper’s size', () => {
  it.each(zoo.map(({ name }) => name))(
    '%s answers in ONNX Runtime as in TensorFlow, whole and cut',
    async (name) => {
      const network = randomWeights(buildZooTopology(name), 4);
      expect(await tensorflowAgainstOnnx(network)).toMatchObject({ equal: true });
      expect(await tensorflowAgainstOnnx(cutAtRandom(network, 4)!)).toMatchObject({ equal: true });
    },
    300_000,
  );
});
