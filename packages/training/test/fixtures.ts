import { createGenerator, TrainingSettingsSchema, type Device, type NetworkData, type TrainingSettings } from '@espalier/core';
import type { Dataset, LabelledImages, Split } from '@espalier/datasets';
import { initialiseWeights, TopologyBuilder } from '@espalier/zoo';
import { JobContext, type JobMessage } from '../src/context.ts';

/** Noisy pictures of 8 × 8 pixels: a bright left, top or bottom half. Easy, so that a few dozen steps learn them. */
export function halves(count = 90, testCount = 33): Dataset {
  const training = drawHalves(count, 'training');
  const test = drawHalves(testCount, 'test');
  const everyFifth = (remainder: boolean): Uint32Array =>
    Uint32Array.from({ length: count }, (_, index) => index).filter((index) => (index % 5 === 4) === remainder);
  const split = (name: Split['name'], images: LabelledImages, indices: Uint32Array): Split => ({ name, images, indices });
  return {
    digest: 'd'.repeat(64),
    shape: [8, 8, 1],
    classes: ['left', 'top', 'bottom'],
    normalisation: { mean: [0.5], standardDeviation: [0.4] },
    splits: {
      training: split('training', training, everyFifth(false)),
      validation: split('validation', training, everyFifth(true)),
      test: split(
        'test',
        test,
        Uint32Array.from({ length: testCount }, (_, index) => index),
      ),
    },
  };
}

function drawHalves(count: number, purpose: string): LabelledImages {
  const generator = createGenerator(1, 'halves', purpose);
  const labels = Uint8Array.from({ length: count }, (_, index) => index % 3);
  const pixels = new Uint8Array(count * 64);
  labels.forEach((label, picture) => {
    for (let row = 0; row < 8; row++) {
      for (let column = 0; column < 8; column++) {
        const bright = [column < 4, row < 4, row >= 4][label]!;
        pixels[picture * 64 + row * 8 + column] = (bright ? 140 : 0) + generator.integer(110);
      }
    }
  });
  return { count, pixels, labels };
}

/** Convolution, batch normalisation, a residual sum and a dense layer: one of each that training treats in its own way. */
export function smallNetwork(seed = 1): NetworkData {
  const net = new TopologyBuilder('small', [8, 8, 1]);
  const stem = net.relu(net.batchNormalisation(net.conv(net.input, 'stem', 6), 'stem_bn'), 'stem_relu');
  const branch = net.batchNormalisation(net.conv(stem, 'branch', 6, { bias: true }), 'branch_bn');
  const sum = net.relu(net.add([stem, branch], 'sum'), 'sum_relu');
  return initialiseWeights(net.build(net.dense(net.globalAveragePool(sum, 'pool'), 'classifier', 3)), seed);
}

export const smallSettings = (settings: Partial<TrainingSettings> = {}): TrainingSettings =>
  TrainingSettingsSchema.parse({ epochs: 3, batchSize: 16, learningRate: 0.1, ...settings });

/** A context that keeps what it hears, and stops when told to. Its clock ticks a millisecond whenever it is looked at. */
export function listen(device: Device): { context: JobContext; heard: JobMessage[]; stop: () => void } {
  const heard: JobMessage[] = [];
  const controller = new AbortController();
  let nowMs = 0;
  const context = new JobContext({ device, say: (message) => heard.push(message), signal: controller.signal, now: () => nowMs++ });
  return { context, heard, stop: () => controller.abort() };
}
