import process from 'node:process';
import { beforeAll, describe, expect, it } from 'vitest';
import { exampleFeeds, takeSteps } from '../../test/take-steps.ts';
import { smallTraining } from '../../test/training-step.ts';
import { compile, openBackend, runEagerly } from '../index.ts';

let isThere = true;

beforeAll(async () => {
  process.env['ESPALIER_PRECISION'] = 'bfloat16';
  try {
    await openBackend();
  } catch (error) {
    // A processor that has it not refuses it, which `acceleration.test.ts` looks at.
    expect(String(error)).toContain('has no instructions for');
    isThere = false;
  }
});

describe('a compiled step in bfloat16', () => {
  it('takes nearly the losses of float32, the same each time, and keeps its weights in float32', (context) => {
    if (!isThere) return context.skip();
    const [first, second] = [smallTraining(), smallTraining()].map(({ step, variables }) =>
      compile(step, { feeds: exampleFeeds(), variables }),
    );
    const losses = takeSteps(first!, 8);
    expect(takeSteps(second!, 8)).toEqual(losses);
    expect(first!.read()).toEqual(second!.read());
    // More than the 8 bits of a bfloat16: a weight whose lower half were cut off would be one in 65,536.
    const values = first!.read().flatMap((array) => [...array]);
    const halves = values.filter((value) => new Uint32Array(Float32Array.of(value).buffer)[0]! % 65536 === 0);
    expect(halves.length).toBeLessThan(values.length / 4);

    // Operation by operation stays float32. A bfloat16 has 8 bits, 0.4 % a value; sums of tens of products have less, eight steps more.
    const { step, variables } = smallTraining();
    const exact = takeSteps(runEagerly(step, { feeds: exampleFeeds(), variables }), 8);
    expect(losses).not.toEqual(exact);
    losses.forEach((loss, index) => expect(Math.abs(loss - exact[index]!)).toBeLessThan(0.02 * exact[index]!));
  });
});
