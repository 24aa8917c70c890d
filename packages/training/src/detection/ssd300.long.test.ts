import { createGenerator, TrainingSettingsSchema, type NetworkData } from '@espalier/core';
import type { LabelledBox } from '@espalier/datasets';
import { compareRunners, encodeOnnx, importOnnx, onnxRunner } from '@espalier/formats';
import { dependencyGroups, networkCost, readGraph, uniformWidths } from '@espalier/network';
import { prune } from '@espalier/surgery';
import { openBackend } from '@espalier/tensor';
import { buildZooNetwork } from '@espalier/zoo';
import { beforeAll, describe, expect, it } from 'vitest';
import { TrainingStep } from '../steps/training-step.ts';
import { tensorflowRunner } from '../verification/tensorflow-runner.ts';
import { withValues } from '../steps/model.ts';
import { detectionHeads } from './heads.ts';
import { detection, type BoxedBatch } from './objective.ts';

const minutes = 60_000;
const batchSize = 2;

/** Half of the parameters gone, by the first channels of every group: with random weights no choice is better than another. */
function pruned(network: NetworkData): NetworkData {
  const graph = readGraph(network.topology);
  const { widths } = uniformWidths(graph, dependencyGroups(graph), { measure: 'parameters', reductionRatio: 0.5 });
  const keep = Object.fromEntries(
    Object.entries(widths).map(([id, width]) => [id, Array.from({ length: width }, (_, channel) => channel)]),
  );
  return prune(network, { keep });
}

function drawBatch(): BoxedBatch {
  const generator = createGenerator(1, 'batch');
  const box = (): LabelledBox => {
    const [left, top] = [generator.uniform() * 0.6, generator.uniform() * 0.6];
    const side = (): number => 0.05 + 0.35 * generator.uniform();
    return { left, top, right: left + side(), bottom: top + side(), label: generator.integer(20), difficult: false };
  };
  return {
    images: Float32Array.from({ length: batchSize * 300 * 300 * 3 }, () => generator.normal()),
    boxes: [[box(), box(), box()], [box()]],
    size: batchSize,
  };
}

describe('the full SSD300 on VGG-16', () => {
  beforeAll(() => openBackend());

  it('is pruned, learns for a few steps as one graph, and gives the same in ONNX Runtime', { timeout: 20 * minutes }, async () => {
    const whole = buildZooNetwork('ssd300-vgg16', { seed: 1 });
    const small = pruned(whole);
    const cost = (network: NetworkData) => networkCost(readGraph(network.topology)).parameters;
    expect(cost(whole)).toBe(26_285_486);
    expect(cost(small)).toBeLessThanOrEqual(cost(whole) / 2);
    const heads = detectionHeads(small.topology);
    expect(heads).toEqual(detectionHeads(whole.topology));

    const step = new TrainingStep({
      network: small,
      objective: detection(heads),
      settings: TrainingSettingsSchema.parse({ epochs: 1, learningRate: 0.001, clipNorm: 10 }),
      batchSize,
      seed: 1,
      imageShape: heads.inputShape,
      teacher: null,
      warn: (text) => {
        throw new Error(text);
      },
    });
    const batch = drawBatch();
    const losses = [1, 2, 3, 4, 5].map((number) => step.run(batch, 0.001, number).loss);
    const stepped = withValues(small, step.keptWeights(step.read()));
    step.dispose();
    expect(losses.every(Number.isFinite)).toBe(true);
    // The same two pictures again and again: whatever a step learns of them shows.
    expect(losses.at(-1)).toBeLessThan(losses[0]!);

    const bytes = encodeOnnx(stepped);
    expect(detectionHeads(importOnnx(bytes).network.topology)).toEqual(heads);
    const [ofTensorFlow, ofOnnx] = [await tensorflowRunner(stepped), await onnxRunner(bytes)];
    const compared = await compareRunners(ofTensorFlow, ofOnnx, { samples: 2 });
    await Promise.all([ofTensorFlow.close(), ofOnnx.close()]);
    expect(compared.equal).toBe(true);
    expect(compared.largestOutput).toBeGreaterThan(1e-2);
  });
});
