import { createGenerator, TrainingSettingsSchema, type NetworkData, type Topology } from '@espalier/core';
import { openBackend } from '@espalier/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallNetwork } from '../../test/fixtures.ts';
import { classification, type LabelledBatch } from './classification.ts';
import { TrainingStep } from './training-step.ts';

beforeAll(() => openBackend());

function drawBatch(size: number, purpose: string): LabelledBatch {
  const generator = createGenerator(3, 'recording', purpose);
  return {
    images: Float32Array.from({ length: size * 64 }, () => generator.normal()),
    labels: Int32Array.from({ length: size }, () => generator.integer(3)),
  };
}

function openStep({ network = smallNetwork(), batchSize = 8, eager = false, warn = refuse as (text: string) => void } = {}) {
  const settings = TrainingSettingsSchema.parse({ epochs: 1, learningRate: 0.1, batchSize, optimizer: { name: 'adam' } });
  return new TrainingStep<LabelledBatch>({
    network,
    objective: classification(settings),
    settings,
    batchSize,
    seed: 1,
    imageShape: [8, 8, 1],
    teacher: null,
    warn,
    eager,
  });
}
const refuse = (text: string): never => {
  throw new Error(text);
};

/** The small network with noise on its pictures, which no key is fed for. */
function noisyNetwork(): NetworkData {
  const { topology, weights } = smallNetwork();
  const layers = topology.config.layers.flatMap((layer) => {
    if (layer.class_name === 'InputLayer') {
      const name = 'noise';
      const inbound_nodes = [[[layer.name, 0, 0, {}]]];
      return [layer, { class_name: 'GaussianNoise', name, config: { name, stddev: 0.1 }, inbound_nodes }];
    }
    return [layer.name === 'stem' ? { ...layer, inbound_nodes: [[['noise', 0, 0, {}]]] } : layer];
  });
  return { topology: { ...topology, config: { ...topology.config, layers } } as Topology, weights };
}

describe('a recorded step', () => {
  it('follows a learning rate that changes from step to step', () => {
    const lessons = Array.from({ length: 6 }, (_, index) => drawBatch(8, `rate ${index}`));
    const [compiled, eager] = [openStep(), openStep({ eager: true })];
    const rates = [0.1, 0, 0.02, 0.5, 1e-4, 0.03];
    for (const [index, batch] of lessons.entries()) {
      const before = compiled.read()[0]!;
      expect(compiled.run(batch, rates[index]!, index + 1)).toEqual(eager.run(batch, rates[index]!, index + 1));
      if (rates[index] === 0) expect(compiled.read()[0]).toEqual(before);
    }
    expect(compiled.read()).toEqual(eager.read());
    for (const step of [compiled, eager]) step.dispose();
  });

  it('hands its state to one for batches of another size', () => {
    const come = (eager: boolean) => {
      const [first, second] = [openStep({ eager }), openStep({ eager, batchSize: 5 })];
      first.run(drawBatch(8, 'large'), 0.1, 1);
      second.write(first.read());
      const outcome = second.run(drawBatch(5, 'small'), 0.1, 2);
      const values = second.read();
      for (const step of [first, second]) step.dispose();
      return { outcome, values };
    };
    expect(come(false)).toEqual(come(true));
  });

  it('is taken operation by operation, with a word, where a layer draws what is not fed', () => {
    const words: string[] = [];
    const step = openStep({ network: noisyNetwork(), warn: (text) => words.push(text) });
    expect(words).toEqual([
      expect.stringMatching(/cannot be compiled: a constant that \w+ takes changes from call to call; it runs operation by operation/),
    ]);
    const batch = drawBatch(8, 'noisy');
    const losses = Array.from({ length: 40 }, (_, index) => step.run(batch, 0.01, index + 1).loss);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
    step.dispose();
  });
});
