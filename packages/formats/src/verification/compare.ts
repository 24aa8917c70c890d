import { createGenerator, EspalierError } from '@espalier/core';
import { elementCount, sameShape, shapeText } from '@espalier/network';
import type { Runner } from './runner.ts';

/**
 * Two engines add the same numbers in different orders, each sum to 24 bits; over the hundred layers of the deepest networks here the errors add
 * up to some 1e-5 of an output's magnitude. A wrong layer is off by a thousand times as much.
 */
export const defaultTolerance = 1e-4;

export interface ComparisonOptions {
  /** Random pictures to compare on. */
  readonly samples?: number;
  readonly seed?: number;
  /** Of the magnitude of what `a` gives, if that is above one; see `defaultTolerance`. */
  readonly tolerance?: number;
}

export interface Comparison {
  /** Whether |a − b| ≤ tolerance · max(1, max|a|) held everywhere, with the maximum taken over one output for one picture. */
  readonly equal: boolean;
  /** The largest |a − b| of all, as it is. */
  readonly maxAbsoluteDifference: number;
  /** The largest |a| of all. Where it is hardly above the tolerance, "equal" says little. */
  readonly largestOutput: number;
  readonly tolerance: number;
  readonly samples: number;
}

/**
 * Runs both on the same random pictures, whose values are normal with variance one; each picture is drawn from `seed` and its number alone. Throws
 * BAD_INPUT where inputs or outputs are not of the same number and size, and BAD_NETWORK where an answer is not finite.
 */
export async function compareRunners(
  a: Runner,
  b: Runner,
  { samples = 4, seed = 0, tolerance = defaultTolerance }: ComparisonOptions = {},
): Promise<Comparison> {
  refuseDifferentInputs(a, b);
  let equal = true;
  let maxAbsoluteDifference = 0;
  let largestOutput = 0;
  for (let sample = 0; sample < samples; sample++) {
    const inputs = randomInputs(a, seed, sample);
    const [left, right] = [await a.run(inputs), await b.run(inputs)];
    if (left.length !== right.length) throw differ(`${left.length} outputs`, `${right.length}`);
    for (const [index, output] of left.entries()) {
      const { difference, magnitude } = distance(output, right[index]!, index);
      if (difference > tolerance * Math.max(1, magnitude)) equal = false;
      maxAbsoluteDifference = Math.max(maxAbsoluteDifference, difference);
      largestOutput = Math.max(largestOutput, magnitude);
    }
  }
  return { equal, maxAbsoluteDifference, largestOutput, tolerance, samples };
}

function refuseDifferentInputs(a: Runner, b: Runner): void {
  const shapes = (runner: Runner) => runner.inputs.map(({ shape }) => shapeText(shape)).join(' and ');
  const alike = a.inputs.length === b.inputs.length && a.inputs.every(({ shape }, index) => sameShape(shape, b.inputs[index]!.shape));
  if (!alike) throw differ(`inputs of ${shapes(a)}`, shapes(b));
}

export const randomInputs = ({ inputs }: Runner, seed: number, sample: number): Float32Array[] =>
  inputs.map(({ shape }, index) => {
    const generator = createGenerator(seed, 'verification', `${sample}`, `${index}`);
    return Float32Array.from({ length: elementCount(shape) }, () => generator.normal());
  });

function distance(a: Float32Array, b: Float32Array, output: number): { difference: number; magnitude: number } {
  if (a.length !== b.length) throw differ(`${a.length} numbers in output ${output}`, `${b.length}`);
  let difference = 0;
  let magnitude = 0;
  for (let index = 0; index < a.length; index++) {
    const [left, right] = [a[index]!, b[index]!];
    if (!Number.isFinite(left) || !Number.isFinite(right)) throw notFinite(output, left, right);
    difference = Math.max(difference, Math.abs(left - right));
    magnitude = Math.max(magnitude, Math.abs(left));
  }
  return { difference, magnitude };
}

const differ = (left: string, right: string): EspalierError =>
  new EspalierError('BAD_INPUT', `the two networks can't be compared: one has ${left}, the other ${right}`, {
    hint: 'Compare networks for the same pictures and the same task.',
  });

const notFinite = (output: number, left: number, right: number): EspalierError =>
  new EspalierError('BAD_NETWORK', `output ${output} is not finite: ${left} of the first network, ${right} of the second`, {
    hint: 'Look for weights that are not finite, or too large.',
  });
