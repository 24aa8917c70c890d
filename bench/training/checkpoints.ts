/**
 * What a checkpoint costs beside the steps: reading every variable out of the session, encoding, hashing, writing and flushing, at its largest, within an
 * epoch, where it holds the epoch's beginning as well.
 *
 *   node --import tsx bench/training/checkpoints.ts [--write]
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { TrainingSettingsSchema } from '@espalier/core';
import { openBackend } from '@espalier/tensor';
import { CheckpointFolder, classification, TrainingStep } from '@espalier/training';
import { buildZooNetwork } from '@espalier/zoo';
import { describeLoad, describeMachine } from '../harness/machine.ts';
import { median } from '../harness/median.ts';
import { runBenchmark } from '../harness/run.ts';
import { markdownTable, milliseconds } from '../harness/table.ts';

/** Of `checkpointEverySeconds` as jobs have it, and of the share that the timer of a training allows (packages/training/src/train/save-timer.ts). */
const [everySeconds, share] = [20, 0.02];
const rounds = 5;
const networks = [
  { title: 'ResNet-20', zoo: 'resnet20', inputShape: [32, 32, 3], classes: 10, batchSize: 128 },
  { title: 'ResNet-56', zoo: 'resnet56', inputShape: [32, 32, 3], classes: 10, batchSize: 128 },
  { title: 'VGG-16 (CIFAR)', zoo: 'vgg16-cifar-linear', inputShape: [32, 32, 3], classes: 10, batchSize: 64 },
  { title: 'ResNet-50', zoo: 'resnet50', inputShape: [224, 224, 3], classes: 1000, batchSize: 4 },
] as const;

async function measure({ title, zoo, inputShape, classes, batchSize }: (typeof networks)[number]): Promise<string[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'checkpoints-'));
  const network = buildZooNetwork(zoo, { inputShape: [...inputShape], classes, seed: 1 });
  const settings = TrainingSettingsSchema.parse({ epochs: 1, batchSize, learningRate: 1e-3 });
  const warn = (text: string): never => {
    throw new Error(text);
  };
  const objective = classification(settings);
  const step = new TrainingStep({ network, objective, settings, batchSize, imageShape: [...inputShape], teacher: null, seed: 1, warn });
  try {
    const images = new Float32Array(batchSize * inputShape.reduce((product, size) => product * size, 1)).fill(0.5);
    const batch = { images, labels: new Int32Array(batchSize) };
    step.run(batch, 1e-3, 1);
    const steps = await timed(async (round) => void step.run(batch, 1e-3, round + 2));
    const checkpoints = new CheckpointFolder(folder);
    let bytes = 0;
    const variables = () => step.read().map((values, index) => ({ name: step.variableNames[index]!, values }));
    const tally = { steps: 1, examples: batchSize, lossSum: 1, measures: {} };
    const state = [1, 2, 3, 4] as [number, number, number, number];
    const standing = { batches: { epoch: 0, index: 0, shuffle: state, augment: state }, sinceMetric: tally, lastEpoch: null };
    const epochStart = { ...standing, step: 0, variables: variables() };
    const saves = await timed(async (round) => {
      const checkpoint = { ...standing, step: round, sinceEpoch: tally, job: '0'.repeat(64), lowered: null, best: null, epochStart };
      ({ bytes } = await checkpoints.save({ ...checkpoint, variables: variables() }));
      await checkpoints.sweep();
    });
    const [stepMs, saveMs] = [median(steps), median(saves)];
    const seconds = Math.max(everySeconds, saveMs < 20 ? 0 : saveMs / 1000 / share);
    const parameters = network.weights.reduce((total, { values }) => total + values.length, 0);
    return [
      title,
      `${(parameters / 1e6).toFixed(1)} M`,
      `${(bytes / 2 ** 20).toFixed(1)} MiB`,
      `${milliseconds(stepMs)} ms`,
      `${milliseconds(saveMs)} ms`,
      `${seconds.toFixed(0)} s`,
      `${((100 * saveMs) / 1000 / seconds).toFixed(2)} %`,
    ];
  } finally {
    step.dispose();
    await rm(folder, { recursive: true });
  }
}

async function timed(work: (round: number) => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startMs = performance.now();
    await work(round);
    times.push(performance.now() - startMs);
  }
  return times;
}

await runBenchmark(async (args) => {
  const { values } = parseArgs({ args, options: { write: { type: 'boolean', default: false } } });
  const { tensorflow, warning } = await openBackend();
  if (warning !== null) throw new Error(warning);
  const rows: string[][] = [];
  for (const network of networks) {
    const row = await measure(network);
    process.stderr.write(`${row.join('  ')}\n`);
    rows.push(row);
  }
  const report = [
    '# What a checkpoint costs',
    '',
    'Within an epoch, where a checkpoint holds weights, moving statistics and momentum twice: as they are, and as they were when the epoch began. Time from',
    'reading the first variable to the file being flushed and renamed; the median of five. A training makes one every 20 seconds, or less often where that',
    'would take more than 2 % of its time; steps are on random pictures, and say how many of them a checkpoint is worth.',
    '',
    `${describeMachine([`TensorFlow ${tensorflow}`])}; ${describeLoad()}.`,
    '',
    markdownTable(['network', 'values', 'checkpoint', 'a step', 'a checkpoint', 'every', 'share of the time'], rows),
    '',
    'Measured by `node --import tsx bench/training/checkpoints.ts --write`.',
    '',
  ].join('\n');
  console.log(report);
  if (values.write) await writeFile(path.join(import.meta.dirname, '../../docs/benchmarks/checkpoints.md'), report);
});
