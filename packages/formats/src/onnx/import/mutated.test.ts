import { describe, expect, it } from 'vitest';
import { mutated } from '../../../test/onnx-damage.ts';
import { onnxFixtureModel } from '../../../test/onnx-fixtures.ts';
import { tensorflowRunner } from '../../../test/tensorflow-runner.ts';
import { randomInputs } from '../../verification/compare.ts';
import { onnxRunner } from '../../verification/onnx-runner.ts';
import { encodeModel } from '../proto.ts';
import { importOnnx } from './import.ts';

/** What ONNX Runtime answers to a random picture, or null where it does not take the file either, or answers with no numbers. */
async function answersOfFile(bytes: Uint8Array) {
  const runner = await onnxRunner(bytes, { optimisation: 'none' }).catch(() => null);
  if (runner === null) return null;
  const inputs = randomInputs(runner, 0, 0);
  const answers = await runner.run(inputs).catch(() => null);
  await runner.close();
  return answers === null || answers.some((values) => !values.every(Number.isFinite)) ? null : { inputs, answers };
}

function importedOrNull(bytes: Uint8Array) {
  try {
    return importOnnx(bytes).network;
  } catch {
    return null;
  }
}

const cases = 120;

describe('an ONNX file of which one field was changed', () => {
  it.each(['pieces.dynamo.18', 'pyramid.dynamo.18', 'styles.script.13'])(
    'answers as in ONNX Runtime wherever both take it: %s',
    async (name) => {
      const model = onnxFixtureModel(name);
      let compared = 0;
      for (let seed = 0; seed < cases; seed++) {
        const bytes = encodeModel(mutated(model, 300_300 + seed));
        const network = importedOrNull(bytes);
        const expected = network === null ? null : await answersOfFile(bytes);
        if (network === null || expected === null) continue;
        const runner = await tensorflowRunner(network);
        const answers = await runner.run(expected.inputs);
        await runner.close();
        for (const [output, values] of expected.answers.entries()) {
          const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
          expect(answers[output]!.length, `mutation ${seed}`).toBe(values.length);
          const apart = values.reduce((most, value, index) => Math.max(most, Math.abs(value - answers[output]![index]!)), 0);
          expect(apart / scale, `mutation ${seed}`).toBeLessThan(1e-4);
        }
        compared += 1;
      }
      expect(compared).toBeGreaterThan(cases / 10);
    },
  );
});
