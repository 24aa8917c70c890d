import { expect } from 'vitest';
import type { NetworkData } from '@espalier/core';
import { randomInputs } from '../src/verification/compare.ts';
import { onnxRunner } from '../src/verification/onnx-runner.ts';
import type { Runner } from '../src/verification/runner.ts';
import { tensorflowRunner } from './tensorflow-runner.ts';

/**
 * Of the largest number of an output. Two engines add the same numbers in different orders; over a hundred layers that comes to some 1e-6 of the
 * magnitude, where a picture moved by one pixel or two channels exchanged are off by whole magnitudes.
 */
const tolerance = 2e-5;

const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const difference = (a: Float32Array, b: Float32Array): number => largest(a.map((value, index) => value - b[index]!)) / largest(a);

/** Something to be run: the bytes of an ONNX file, as ONNX Runtime computes them node by node, or a network, as TensorFlow does. */
export type Runnable = Uint8Array | NetworkData;

const open = (runnable: Runnable): Promise<Runner> =>
  runnable instanceof Uint8Array ? onnxRunner(runnable, { optimisation: 'none' }) : tensorflowRunner(runnable);

/**
 * Expects all `others` to answer a random picture as `first` does, and the answers to depend on the picture: a network that says the same to
 * every picture would agree with anything.
 */
export async function expectSameAnswers(first: Runnable, ...others: readonly Runnable[]): Promise<void> {
  const reference = await open(first);
  const inputs = randomInputs(reference, 0, 0);
  const expected = await reference.run(inputs);
  const elsewhere = await reference.run(randomInputs(reference, 0, 1));
  await reference.close();
  for (const [output, values] of expected.entries()) expect(difference(values, elsewhere[output]!)).toBeGreaterThan(100 * tolerance);
  for (const other of others) {
    const runner = await open(other);
    expect(runner.inputs).toEqual(reference.inputs);
    const answers = await runner.run(inputs);
    await runner.close();
    expect(answers.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
    for (const [output, values] of expected.entries()) expect(difference(values, answers[output]!)).toBeLessThan(tolerance);
  }
}
