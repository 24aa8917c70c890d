import process from 'node:process';
import { beforeAll, describe, expect, it } from 'vitest';
import { exampleFeeds, takeSteps } from '../../test/take-steps.ts';
import { smallTraining } from '../../test/training-step.ts';
import { compile, openBackend, runEagerly } from '../index.ts';

beforeAll(async () => {
  // What ESPALIER_XLA sets on a GPU, and the switch that lets TensorFlow do it on a processor, where it is slower.
  process.env['TF_XLA_FLAGS'] = '--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit --tf_xla_min_cluster_size=2';
  await openBackend();
});

describe('a step that XLA compiles', () => {
  it('takes the losses of one that it does not', () => {
    const { step, variables } = smallTraining();
    const options = { feeds: exampleFeeds(), variables };
    const losses = takeSteps(compile(step, options), 4);
    const expected = takeSteps(runEagerly(step, options), 4);
    // float32 in another order of operations, carried through four small steps.
    losses.forEach((loss, index) => expect(loss).toBeCloseTo(expected[index]!, 4));
  });
});
