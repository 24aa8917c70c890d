import { createGenerator, TrainingSettingsSchema } from '@espalier/core';
import { openBackend } from '@espalier/tensor';
import { initialiseWeights, TopologyBuilder } from '@espalier/zoo';
import { beforeAll, describe, expect, it } from 'vitest';
import { classification, type LabelledBatch } from './classification.ts';
import { TrainingStep } from './training-step.ts';

beforeAll(() => openBackend());
const refuse = (text: string): never => {
  throw new Error(text);
};

const batchSize = 8;
const imageShape = [8, 8, 1] as const;

/** Two dropouts of one shape, so that the second would be seen to draw what the first has drawn. */
function droppingNetwork() {
  const net = new TopologyBuilder('dropping', imageShape);
  const hidden = net.relu(net.dense(net.flatten(net.input, 'flatten', 64), 'hidden1', 32), 'relu1');
  const second = net.relu(net.dense(net.dropout(hidden, 'dropout1', 0.5), 'hidden2', 32), 'relu2');
  return initialiseWeights(net.build(net.dense(net.dropout(second, 'dropout2', 0.5), 'classifier', 3)), 1);
}

function drawBatch(): LabelledBatch {
  const generator = createGenerator(2, 'batch');
  return {
    images: Float32Array.from({ length: batchSize * 64 }, () => generator.normal()),
    labels: Int32Array.from({ length: batchSize }, () => generator.integer(3)),
  };
}

/** Losses of steps numbered from `from`, the weights standing still. */
function lossesOf({ seed = 1, eager = false, from = 1, count = 6, learningRate = 0 }) {
  const settings = TrainingSettingsSchema.parse({ epochs: 1, learningRate: 0.1, batchSize });
  const step = new TrainingStep({
    network: droppingNetwork(),
    objective: classification(settings),
    settings,
    batchSize,
    seed,
    imageShape,
    teacher: null,
    warn: refuse,
    eager,
  });
  const batch = drawBatch();
  const losses = Array.from({ length: count }, (_, index) => step.run(batch, learningRate, from + index).loss);
  const values = step.read();
  step.dispose();
  return { losses, values };
}

describe('a step with dropout', () => {
  it('is compiled, and takes the same bits as operation by operation, over 50 steps', () => {
    const learning = { count: 50, learningRate: 0.05 };
    const [compiled, eager] = [lossesOf(learning), lossesOf({ ...learning, eager: true })];
    expect(compiled.losses).toEqual(eager.losses);
    expect(compiled.values).toEqual(eager.values);
  });

  it('drops other numbers in every step', () => {
    const { losses } = lossesOf({});
    expect(new Set(losses).size).toBe(losses.length);
  });

  it('drops the same numbers in the same step again, whatever came before it', () => {
    expect(lossesOf({ from: 4, count: 3 }).losses).toEqual(lossesOf({}).losses.slice(3));
  });

  it('drops by its seed', () => {
    expect(lossesOf({ seed: 2 }).losses).not.toEqual(lossesOf({}).losses);
  });
});
