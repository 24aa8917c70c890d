import { describe, expect, it } from 'vitest';
import { onnxFixture, onnxFixtures } from '../../../test/onnx-fixtures.ts';
import { tensorflowRunner } from '../../../test/tensorflow-runner.ts';
import { randomInputs } from '../../verification/compare.ts';
import { onnxRunner } from '../../verification/onnx-runner.ts';
import { encodeOnnx } from '../encode.ts';
import { importOnnx } from './import.ts';

const fixtures = onnxFixtures.filter((name) => !name.includes('_full'));

/**
 * Of the largest number of an output. Two engines add the same numbers in different orders; over a hundred layers that comes to some 1e-6 of the
 * magnitude, where a picture turned by one pixel or two channels exchanged are off by whole magnitudes.
 */
const tolerance = 2e-5;

const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const difference = (a: Float32Array, b: Float32Array): number => largest(a.map((value, index) => value - b[index]!)) / largest(a);

describe('a network that PyTorch exported', () => {
  it.each(fixtures)('%s answers in TensorFlow, and exported again, as its file does in ONNX Runtime', async (name) => {
    const bytes = onnxFixture(name);
    const { network } = importOnnx(bytes);
    const runners = [
      await onnxRunner(bytes, { optimisation: 'none' }),
      await tensorflowRunner(network),
      await onnxRunner(encodeOnnx(network)),
    ];
    const [file] = runners;
    const [expected, other] = [await file!.run(randomInputs(file!, 0, 0)), await file!.run(randomInputs(file!, 0, 1))];
    // A network whose answer does not depend on the picture would agree with anything.
    for (const [output, values] of expected.entries()) expect(difference(values, other[output]!)).toBeGreaterThan(100 * tolerance);
    for (const runner of runners.slice(1)) {
      const answers = await runner.run(randomInputs(file!, 0, 0));
      expect(answers.length).toBe(expected.length);
      for (const [output, values] of expected.entries()) {
        expect(answers[output]!.length).toBe(values.length);
        expect(difference(values, answers[output]!)).toBeLessThan(tolerance);
      }
    }
    for (const runner of runners) await runner.close();
  });
});
