import { describe, expect, it } from 'vitest';
import { damaged } from '../../../test/damage.ts';
import { mutated, readOrRefused } from '../../../test/onnx-damage.ts';
import { newestFixtures, onnxFixtureModel } from '../../../test/onnx-fixtures.ts';
import { encodeModel } from '../proto.ts';

/** Those whose weights are not most of the time that a case takes. */
const light = newestFixtures.filter((name) => /^(squeezenet|shufflenet|mobilenet_v3|pieces|styles|pyramid)/.test(name));

describe('a damaged ONNX file', () => {
  it.each(light)(
    '%s is read or refused, whatever is wrong',
    (name) => {
      const model = onnxFixtureModel(name);
      const bytes = encodeModel(model);
      let refused = 0;
      for (let seed = 0; seed < 200; seed++) {
        if (!readOrRefused(damaged(bytes, seed), `damage ${seed}`)) refused += 1;
        if (!readOrRefused(encodeModel(mutated(model, 10_000 + seed)), `mutation ${seed}`)) refused += 1;
      }
      expect(refused).toBeGreaterThan(50);
    },
    600_000,
  );
});
