import { createGenerator, TrainingSettingsSchema, type DistillationSettings, type NetworkData } from '@espalier/core';
import type { LabelledBox } from '@espalier/datasets';
import { openBackend } from '@espalier/tensor';
import { buildZooNetwork, zoo } from '@espalier/zoo';
import { beforeAll, describe, expect, it } from 'vitest';
import { detectionHeads } from '../detection/heads.ts';
import { detection } from '../detection/objective.ts';
import { classification } from './classification.ts';
import type { Pictures } from './objective.ts';
import { TrainingStep, type TrainingStepOptions } from './training-step.ts';

beforeAll(() => openBackend());
const refuse = (text: string): never => {
  throw new Error(text);
};

const stepCount = 3;
const batchSize = 2;
const classes = 10;

const optimizers = {
  momentum: { optimizer: { name: 'sgd' } },
  'Nesterov, clipped and averaged': { optimizer: { name: 'sgd' }, nesterov: true, clipNorm: 0.5, averaging: 0.9 },
  Adam: { optimizer: { name: 'adam' } },
  'AdamW, clipped': { optimizer: { name: 'adamw' }, clipNorm: 1 },
} as const;

interface Loss {
  readonly labelSmoothing?: number;
  readonly distillation: DistillationSettings | null;
}
const softened = { temperature: 4, alpha: 0.5 };
const losses: Readonly<Record<string, Loss>> = {
  'cross-entropy': { distillation: null },
  'smoothed cross-entropy': { labelSmoothing: 0.1, distillation: null },
  'a teacher’s answers': { distillation: softened },
  'a teacher’s answers, attention and hints': { distillation: { ...softened, attention: { weight: 10 }, hints: { weight: 1 } } },
};

/** Every optimizer meets every loss, on networks in turn: 16 pairs over 26 networks. */
const pairs = zoo
  .filter(({ task }) => task === 'classification')
  .map((entry, index) => {
    const optimizer = Object.keys(optimizers)[index % 4] as keyof typeof optimizers;
    return { entry, network: entry.name, optimizer, loss: Object.keys(losses)[Math.floor(index / 4) % 4]! };
  });

const draw = (length: number, purpose: string): Float32Array => {
  const generator = createGenerator(2, 'every-network', purpose);
  return Float32Array.from({ length }, () => generator.normal());
};

/** All that a few steps come to. */
function come<Batch extends Pictures>(options: TrainingStepOptions<Batch>, batches: readonly Batch[], learningRate: number) {
  const step = new TrainingStep(options);
  const outcomes = batches.map((batch, index) => step.run(batch, learningRate / (index + 1), index + 1));
  const values = step.read();
  step.dispose();
  return { outcomes, values, names: step.variableNames };
}

function expectSameBits<Batch extends Pictures>(
  options: Omit<TrainingStepOptions<Batch>, 'warn' | 'eager'>,
  batches: readonly Batch[],
  learningRate = 0.01,
): void {
  const [compiled, eager] = [false, true].map((isEager) => come({ ...options, warn: refuse, eager: isEager }, batches, learningRate));
  expect(compiled!.outcomes).toEqual(eager!.outcomes);
  // Of what is not a number any bits will do, so nothing would be seen in them.
  for (const { loss } of compiled!.outcomes) expect(loss).toSatisfy(Number.isFinite);
  // By name, and by bytes: a comparison of millions of numbers one by one would take longer than the steps.
  const differing = compiled!.names.filter((_, index) => !sameBytes(compiled!.values[index]!, eager!.values[index]!));
  expect(differing).toEqual([]);
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer => Buffer.from(buffer, byteOffset, byteLength);
const sameBytes = (first: Float32Array, second: Float32Array): boolean => bytesOf(first).equals(bytesOf(second));

describe('three compiled steps take the bits that they take operation by operation', { timeout: 600_000 }, () => {
  it('in pairs of every optimizer with every loss', () => {
    expect(new Set(pairs.map(({ optimizer, loss }) => `${optimizer} ${loss}`)).size).toBe(16);
  });

  it.each(pairs)('on $network, by $optimizer, from $loss', ({ entry, optimizer, loss }) => {
    const side = Math.max(entry.smallestSide, 32);
    const imageShape = [side, side, entry.inputShape[2]] as const;
    const networkOf = (seed: number): NetworkData => buildZooNetwork(entry.name, { inputShape: [...imageShape], classes, seed });
    const { distillation, labelSmoothing = 0 } = losses[loss]!;
    const settings = TrainingSettingsSchema.parse({ epochs: 1, learningRate: 0.01, batchSize, labelSmoothing, ...optimizers[optimizer] });
    const batches = Array.from({ length: stepCount }, (_, index) => ({
      images: draw(batchSize * side * side * imageShape[2], `images ${index}`),
      labels: Int32Array.from({ length: batchSize }, (_label, place) => (3 * index + place) % classes),
    }));
    expectSameBits(
      {
        network: networkOf(1),
        objective: classification(settings),
        settings,
        batchSize,
        seed: 1,
        imageShape,
        teacher: distillation === null ? null : { network: networkOf(9), settings: distillation },
      },
      batches,
    );
  });

  it.each(
    zoo
      .filter(({ task }) => task === 'detection')
      .map(({ name }, index) => ({ name, optimizer: index % 2 === 0 ? 'momentum' : 'Adam' }) as const),
  )('on $name, by $optimizer, from boxes', ({ name, optimizer }) => {
    const network = buildZooNetwork(name, { seed: 1 });
    const heads = detectionHeads(network.topology);
    const box = (left: number, top: number, label: number): LabelledBox => {
      const [right, bottom] = [left + 0.3, top + 0.4];
      return { left, top, right, bottom, label, difficult: false };
    };
    const [height, width, channels] = heads.inputShape;
    const batches = Array.from({ length: stepCount }, (_, index) => ({
      images: draw(batchSize * height * width * channels, `scenes ${index}`),
      boxes: [[box(0.1, 0.1 * index, 3), box(0.5, 0.2, 1)], [box(0.3, 0.3, index)]],
      size: batchSize,
    }));
    const settings = TrainingSettingsSchema.parse({ epochs: 1, learningRate: 1e-3, batchSize, ...optimizers[optimizer] });
    expectSameBits(
      { network, objective: detection(heads), settings, batchSize, seed: 1, imageShape: heads.inputShape, teacher: null },
      batches,
      // Noise in the place of scenes: at a larger rate the losses of a whole SSD300 run away.
      1e-4,
    );
  });
});
