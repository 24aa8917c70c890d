import { createGenerator, TrainingSettingsSchema } from '@espalier/core';
import type { LabelledBox } from '@espalier/datasets';
import { openBackend, tf } from '@espalier/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallDetector } from '../../test/detector.ts';
import { ForwardPass } from '../steps/forward-pass.ts';
import { TrainingStep } from '../steps/training-step.ts';
import { detectionHeads } from './heads.ts';
import { matchScenes } from './matching.ts';
import { multiboxLoss } from './multibox-loss.ts';
import { detection, type BoxedBatch } from './objective.ts';
import { priorBoxes } from './priors.ts';

beforeAll(() => openBackend());

const refuse = (text: string): never => {
  throw new Error(text);
};
const batchSize = 3;
const network = smallDetector({ classCount: 5, side: 32, widths: [8, 16, 16] });
const heads = detectionHeads(network.topology);

function drawBatch(number: number): BoxedBatch {
  const generator = createGenerator(1, 'batch', number);
  const box = (): LabelledBox => {
    const [left, top] = [generator.uniform() * 0.6, generator.uniform() * 0.6];
    const side = (): number => 0.1 + 0.3 * generator.uniform();
    return { left, top, right: left + side(), bottom: top + side(), label: generator.integer(3), difficult: false };
  };
  return {
    images: Float32Array.from({ length: batchSize * 32 * 32 * 3 }, () => generator.normal()),
    // The last picture has no object, and where there is padding it is not even there.
    boxes: [[box(), box()], [box()], ...(number % 2 === 0 ? [[]] : [])],
    size: batchSize,
  };
}

const openStep = (eager: boolean, optimizer: 'sgd' | 'adam'): TrainingStep<BoxedBatch> =>
  new TrainingStep({
    network,
    objective: detection(heads),
    settings: TrainingSettingsSchema.parse({ epochs: 1, learningRate: 0.01, optimizer: { name: optimizer }, clipNorm: 5 }),
    batchSize,
    imageShape: heads.inputShape,
    teacher: null,
    seed: 1,
    warn: refuse,
    eager,
  });

/** Recording a step takes seconds on a busy machine. */
describe('a step on scenes', { timeout: 240_000 }, () => {
  it.each(['sgd', 'adam'] as const)('is one graph, which gives the same bits as its operations one by one (%s)', (optimizer) => {
    const [eager, compiled] = [openStep(true, optimizer), openStep(false, optimizer)];
    for (let step = 1; step <= 5; step++) {
      const batch = drawBatch(step);
      expect(compiled.run(batch, 0.01, step)).toEqual(eager.run(batch, 0.01, step));
    }
    expect(compiled.read()).toEqual(eager.read());
    for (const step of [eager, compiled]) step.dispose();
  });

  it('learns where the objects of a batch are', () => {
    const step = openStep(false, 'adam');
    const batch = drawBatch(0);
    const losses = Array.from({ length: 60 }, (_, index) => step.run(batch, 0.01, index + 1));
    step.dispose();
    for (const part of ['confidence', 'localisation']) {
      expect(losses.at(-1)!.measures[part]).toBeLessThan(losses[0]!.measures[part]! / 4);
    }
    for (const { loss, measures } of losses) expect(measures['confidence']! + measures['localisation']!).toBeCloseTo(loss, 4);
  });

  it('is told the loss of what the network gives, whichever output comes first', () => {
    const { config } = network.topology;
    const [classes, boxes] = config.output_layers;
    const swapped = { ...network, topology: { ...network.topology, config: { ...config, output_layers: [boxes!, classes!] } } };
    const batch = drawBatch(0);
    const { labels, offsets } = matchScenes(batch.boxes, priorBoxes(heads.maps));
    const losses = [network, swapped].map((given) => {
      const { classOutput, offsetOutput, priorCount, classCount } = detectionHeads(given.topology);
      const forward = new ForwardPass({ network: given, batchSize, imageShape: heads.inputShape, warn: refuse });
      const outputs = forward.runAll(batch.images);
      forward.dispose();
      const rows = (values: ArrayLike<number>, width: number) => tf.tensor3d(Float32Array.from(values), [batchSize, priorCount, width]);
      const shaped = outputs.map((values) => rows(values, values.length / batchSize / priorCount));
      const objective = detection(detectionHeads(given.topology));
      const wanted = { priorLabels: tf.tensor2d(labels, [batchSize, priorCount], 'int32'), priorOffsets: rows(offsets, 4) };
      const judged = tf.tidy(() => objective.judge(shaped, wanted).loss.dataSync()[0]!);
      const direct = tf.tidy(
        () =>
          multiboxLoss(
            { logits: rows(outputs[classOutput]!, classCount), offsets: rows(outputs[offsetOutput]!, 4) },
            { labels: wanted.priorLabels, wantedOffsets: wanted.priorOffsets },
          ).loss.dataSync()[0]!,
      );
      expect(judged).toBe(direct);
      return judged;
    });
    expect(losses[1]).toBe(losses[0]);
  });

  it('of a batch without any object changes nothing but by weight decay', () => {
    const step = new TrainingStep({
      network,
      objective: detection(heads),
      settings: TrainingSettingsSchema.parse({ epochs: 1, learningRate: 0.01, weightDecay: 0 }),
      batchSize,
      imageShape: heads.inputShape,
      teacher: null,
      seed: 1,
      warn: refuse,
    });
    expect(step.run({ ...drawBatch(0), boxes: [] }, 0.01, 1)).toEqual({ loss: 0, measures: { confidence: 0, localisation: 0 } });
    const kernels = network.weights.flatMap(({ name, values }, index) => (name.endsWith('/kernel') ? [{ values, index }] : []));
    const after = step.read();
    for (const { values, index } of kernels) expect(after[index]).toEqual(values);
    step.dispose();
  });
});
