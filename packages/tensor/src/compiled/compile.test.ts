import { beforeAll, describe, expect, it } from 'vitest';
import { smallBatch } from '../../test/small-network.ts';
import { smallTraining } from '../../test/training-step.ts';
import { compile, compileOrEager, openBackend, runEagerly, type RunnableStep, tf } from '../index.ts';

const BATCH = 16;
const STEPS = 24;

beforeAll(async () => {
  expect(await openBackend()).toMatchObject({ backend: 'tensorflow', warning: null });
});

type TrainingStep = RunnableStep<'images' | 'labels' | 'learningRate', 'loss' | 'logits'>;

/** Trains for some steps on fresh batches with a falling learning rate; returns losses and logits of all steps. */
function train(step: TrainingStep, from = 0, to = STEPS): number[] {
  const seen: number[] = [];
  for (let index = from; index < to; index++) {
    tf.tidy(() => {
      const learningRate = tf.scalar(0.1 / (1 + index));
      const { loss, logits } = step.run({ ...smallBatch(index, BATCH), learningRate });
      seen.push(loss.dataSync<'float32'>()[0]!, ...logits.dataSync<'float32'>());
    });
  }
  return seen;
}

function exampleFeeds(): { images: tf.Tensor; labels: tf.Tensor; learningRate: tf.Tensor } {
  return { ...smallBatch(99, BATCH), learningRate: tf.scalar(0) };
}

describe('a compiled training step', () => {
  it('computes what the step computes operation by operation, bit for bit, with momentum and moving statistics', () => {
    const { step, variables } = smallTraining();
    const compiled = compile(step, { feeds: exampleFeeds(), variables });
    const eager = runEagerly(step, { feeds: exampleFeeds(), variables });
    expect(train(compiled)).toEqual(train(eager));
    expect(compiled.read()).toEqual(eager.read());
    expect(compiled.nodeCount).toBeGreaterThan(100);
  });

  it('learns', () => {
    const { step, variables } = smallTraining();
    const compiled = compile(step, { feeds: exampleFeeds(), variables });
    const batch = smallBatch(5, BATCH);
    const losses = Array.from({ length: 40 }, () =>
      tf.tidy(() => compiled.run({ ...batch, learningRate: tf.scalar(0.1) }).loss.dataSync<'float32'>()[0]!),
    );
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 4);
  });

  it('leaves the variables as they were, until it is asked to update them', () => {
    const { step, variables } = smallTraining();
    const before = variables.map((variable) => variable.dataSync<'float32'>());
    const compiled = compile(step, { feeds: exampleFeeds(), variables });
    train(compiled, 0, 2);
    expect(variables.map((variable) => variable.dataSync<'float32'>())).toEqual(before);
    compiled.updateVariables();
    expect(variables.map((variable) => variable.dataSync<'float32'>())).toEqual(compiled.read());
    expect(compiled.read()).not.toEqual(before);
  });

  it('goes on from a state that was read earlier, in another compiled step, to the same bits', () => {
    const { step, variables } = smallTraining();
    const first = compile(step, { feeds: exampleFeeds(), variables });
    train(first, 0, 5);
    const checkpoint = first.read();
    const expected = train(first, 5, 10);
    const second = compile(step, { feeds: exampleFeeds(), variables });
    second.write(checkpoint);
    checkpoint.forEach((values) => values.fill(Number.NaN));
    expect(train(second, 5, 10)).toEqual(expected);
    expect(second.read()).toEqual(first.read());
  });

  it('keeps no tensors, and no session when it is disposed', () => {
    const { step, variables } = smallTraining();
    const feeds = exampleFeeds();
    const before = tf.memory().numTensors;
    const compiled = compile(step, { feeds, variables });
    train(compiled, 0, 3);
    compiled.read();
    expect(tf.memory().numTensors).toBe(before);
    compiled.dispose();
    compiled.dispose();
    expect(() => compiled.read()).toThrow('disposed');
  });

  it('says which feed has another shape or is missing', () => {
    const { step, variables } = smallTraining();
    const compiled = compile(step, { feeds: exampleFeeds(), variables });
    const feeds = exampleFeeds();
    expect(() => compiled.run({ ...feeds, ...smallBatch(1, 3) })).toThrow(
      'feed images is float32 [3, 8, 8, 3], but the step takes float32 [16, 8, 8, 3]',
    );
    expect(() => compiled.write([])).toThrow('0 arrays');
  });
});

describe('an evaluation step', () => {
  it('gives the logits of inference mode', () => {
    const { model } = smallTraining();
    const step = ({ images }: { images: tf.Tensor }) => ({ logits: model.apply(images, { training: false }) as tf.Tensor });
    const { images } = smallBatch(1, BATCH);
    const variables = model.weights.map((weight) => weight.read() as tf.Variable);
    const compiled = compile(step, { feeds: { images }, variables });
    const expected = (model.predict(images) as tf.Tensor).dataSync<'float32'>();
    // Constant folding may round the folded batch normalisation differently: a few units in the last place of values of size 1.
    const logits = compiled.run({ images }).logits.dataSync<'float32'>();
    expect(Math.max(...logits.map((value, index) => Math.abs(value - expected[index]!)))).toBeLessThan(1e-5);
  });
});

describe('a step that cannot be compiled', () => {
  const feeds = () => ({ x: tf.tensor1d([1, 2, 3]) });

  it('is refused by the name of the kernel whose value it reads', () => {
    const step = ({ x }: { x: tf.Tensor }) => {
      const mean = tf.mean(x);
      return { y: mean.dataSync<'float32'>()[0]! > 1 ? tf.neg(x) : x };
    };
    expect(() => compile(step, { feeds: feeds(), variables: [] })).toThrow(expect.objectContaining({ kernel: 'Mean', code: 'BAD_INPUT' }));
  });

  it('is refused when it swallows that error', () => {
    const step = ({ x }: { x: tf.Tensor }) => {
      try {
        tf.square(x).dataSync();
      } catch {
        return { y: tf.neg(x) };
      }
      return { y: x };
    };
    expect(() => compile(step, { feeds: feeds(), variables: [] })).toThrow(expect.objectContaining({ kernel: 'Square' }));
  });

  it('is refused when it would freeze a random number or a count', () => {
    let calls = 0;
    const counting = ({ x }: { x: tf.Tensor }) => ({ y: tf.mul(x, ++calls) });
    expect(() => compile(counting, { feeds: feeds(), variables: [] })).toThrow('a constant that Mul takes changes from call to call');
    const dropping = ({ x }: { x: tf.Tensor }) => ({ y: tf.dropout(x as tf.Tensor1D, 0.5) as tf.Tensor });
    expect(() => compile(dropping, { feeds: feeds(), variables: [] })).toThrow('changes from call to call');
    const wavering = ({ x }: { x: tf.Tensor }) => ({ y: calls++ % 2 === 0 ? tf.neg(x) : tf.square(x) });
    expect(() => compile(wavering, { feeds: feeds(), variables: [] })).toThrow('is not there on every call');
  });

  it('is refused when it reads or assigns a variable that it did not name', () => {
    const secret = tf.variable(tf.tensor1d([1, 1, 1]), false, 'secret');
    const reading = ({ x }: { x: tf.Tensor }) => ({ y: tf.add(x, secret as tf.Tensor) });
    expect(() => compile(reading, { feeds: feeds(), variables: [] })).toThrow('reads variable secret');
    const assigning = ({ x }: { x: tf.Tensor }) => {
      secret.assign(tf.neg(x) as tf.Tensor1D);
      return { y: x };
    };
    expect(() => compile(assigning, { feeds: feeds(), variables: [] })).toThrow('assigns variable secret');
    secret.dispose();
  });

  it('runs operation by operation with a word when that is allowed', () => {
    const words: string[] = [];
    const total = tf.variable(tf.tensor1d([0, 0, 0]), false);
    const step = ({ x }: { x: tf.Tensor }) => {
      x.dataSync();
      total.assign(tf.add(total as tf.Tensor, x));
      return { sum: tf.sum(total as tf.Tensor) };
    };
    const runnable = compileOrEager(step, { feeds: feeds(), variables: [total] }, (text) => words.push(text));
    expect(runnable.compiled).toBe(false);
    expect(words.join()).toContain('operation by operation');
    runnable.run(feeds());
    expect(runnable.run(feeds()).sum.dataSync()[0]).toBe(12);
    expect([...runnable.read()[0]!]).toEqual([2, 4, 6]);
    expect([...total.dataSync()]).toEqual([0, 0, 0]);
  });
});
