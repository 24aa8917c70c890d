import path from 'node:path';
import {
  DistillationSettingsSchema,
  EspalierError,
  datasetKinds,
  seedOfStage,
  CostTargetSchema,
  TrainingSettingsSchema,
  type CostTarget,
  type DatasetLocation,
  type DatasetSummary,
} from '@espalier/core';
import { writeFileAtomically } from '@espalier/core/node';
import { Command, Option } from 'commander';
import { names, positiveNumber, ratios, seeds, wholeNumber } from '../arguments.ts';
import { onThisMachine, type LocalMachine } from '../local-job.ts';
import { networkSource } from '../network-source.ts';
import { withExamples } from '../help.ts';
import type { Output } from '../output.ts';
import { checkFolder, makeFolder } from '../places.ts';
import { percent, table } from '../table.ts';

interface CompareOptions {
  networks: string[];
  dataset: string;
  out: string;
  methods?: string[];
  targets: number[];
  measure: CostTarget['measure'];
  seeds: number[];
  epochs: number;
  batchSize: number;
  learningRate: number;
  distil: boolean;
  parentEpochs: number;
  parentLearningRate: number;
}

export const compareMethodsCommand = (output: () => Output): Command =>
  withExamples(
    new Command('compare-methods')
      .description(
        'run methods on one budget over several seeds: a table, a plot, and the hypervolume of each; goes on where it was stopped',
      )
      .requiredOption('--networks <list>', 'trained network files, or names of the zoo, which are trained first', names)
      .requiredOption('--dataset <folder>', 'a dataset')
      .requiredOption('--out <folder>', 'where comparison.json, comparison.md, a plot of each network and every compression go')
      .option('--methods <list>', 'left out: all that espalier methods lists', names)
      .option('--targets <list>', 'shares to remove', ratios, [0.3, 0.5, 0.7])
      .addOption(new Option('--measure <name>', 'of what').choices(['macs', 'parameters']).default('macs'))
      .option('--seeds <list>', 'every method and target is done once with each', seeds, [1, 2, 3])
      .option('--epochs <count>', 'retraining passes of every small network', wholeNumber, 2)
      .option('--batch-size <count>', 'images in a step', wholeNumber, 128)
      .option('--learning-rate <rate>', 'the peak of the retraining', positiveNumber, 0.02)
      .option('--no-distil', 'retrain on the labels alone, without the whole network as teacher')
      .option('--parent-epochs <count>', 'training passes of networks of the zoo', wholeNumber, 6)
      .option('--parent-learning-rate <rate>', 'the peak of their training', positiveNumber, 0.1),
    [
      ['espalier compare-methods --networks resnet20 --dataset digits --out comparison', 'all methods, three targets, three seeds'],
      [
        'espalier compare-methods --networks a.zip,b.zip --dataset digits --methods exp,l1 --targets 0.3,0.6 --seeds 1,2 --out comparison',
        'fewer of each',
      ],
    ],
  ).action(async (options: CompareOptions) => {
    checkFolder(options.out, 'out');
    const [{ catalogue, completeMethodChoice }, { runComparison }, { summarise }, { comparisonReport, plotFile }, { paretoPlot }] =
      await Promise.all([
        import('@espalier/pruning'),
        import('../comparison/comparison.ts'),
        import('../comparison/summary.ts'),
        import('../comparison/report.ts'),
        import('../comparison/plot.ts'),
      ]);
    const { epochs, batchSize, learningRate, out, measure } = options;
    const methods = (options.methods ?? catalogue.map(({ name }) => name)).map((name) => completeMethodChoice({ name, settings: {} }));
    const { datasetAt, inspectDataset } = await import('@espalier/datasets');
    const dataset = await datasetAt(options.dataset);
    if (datasetKinds[dataset.format] === 'detection') {
      throw new EspalierError(
        'BAD_INPUT',
        `methods are compared by accuracy, and ${options.dataset} is a dataset for detectors, which have none`,
        {
          hint: 'Compress a detector with each method: espalier compress.',
          path: ['dataset'],
        },
      );
    }
    const { shape, classes } = await inspectDataset(dataset);
    const retraining = TrainingSettingsSchema.parse({ epochs, batchSize, learningRate });
    const distillation = options.distil ? DistillationSettingsSchema.parse({}) : null;
    const cells = await onThisMachine(output(), async (machine) => {
      const networks: { name: string; path: string }[] = [];
      for (const named of options.networks) networks.push(await trainedNetwork(named, { dataset, shape, classes }, options, machine));
      const targets = options.targets.map((reductionRatio) => CostTargetSchema.parse({ measure, reductionRatio }));
      const comparison = { networks, dataset, methods, targets, seeds: options.seeds, retraining, distillation };
      return runComparison({ ...comparison, folder: path.join(out, 'runs') }, machine, (text) => output().note(text));
    });
    const summary = summarise(cells, classes.length);
    const report = comparisonReport(summary, { seeds: options.seeds, retraining, distillation });
    await writeFileAtomically(path.join(out, 'comparison.json'), `${JSON.stringify({ ...summary, cells }, null, 1)}\n`);
    await writeFileAtomically(path.join(out, 'comparison.md'), report);
    for (const { network } of summary.before) await writeFileAtomically(path.join(out, plotFile(network)), paretoPlot(summary, network));
    const rows = summary.worth.map(({ network, method, hypervolume: { estimate, low, high } }) => [
      network,
      method,
      estimate.toFixed(4),
      `${low.toFixed(4)} to ${high.toFixed(4)}`,
      summary.rows
        .filter((row) => row.network === network && row.method === method)
        .map(({ accuracy }) => percent(accuracy.mean))
        .join(', '),
    ]);
    const text = table(['network', 'method', 'hypervolume', '95 % interval', `accuracy at ${options.targets.join(', ')}`], rows);
    output().result({ ...summary, cells }, `${text}\n\n${path.join(out, 'comparison.md')}`);
  });

/** A file as it is; a network of the zoo is trained once, and found again the next time. */
async function trainedNetwork(
  named: string,
  { dataset, shape, classes }: Pick<DatasetSummary, 'shape' | 'classes'> & { readonly dataset: DatasetLocation },
  options: CompareOptions,
  { contextFor }: LocalMachine,
): Promise<{ name: string; path: string }> {
  const { runTrain } = await import('@espalier/training');
  const network = networkSource(named, { inputShape: shape, classes: classes.length });
  if (network.from === 'file') return { name: path.parse(named).name, path: named };
  const workDirectory = path.join(options.out, 'parents', named);
  makeFolder(workDirectory, 'out');
  const { epochs, learningRate } = { epochs: options.parentEpochs, learningRate: options.parentLearningRate };
  const settings = TrainingSettingsSchema.parse({ epochs, learningRate, batchSize: options.batchSize, augmentation: { padCrop: 2 } });
  const { outputs } = await runTrain(
    {
      kind: 'train',
      workDirectory,
      seed: seedOfStage(1, { name: 'train', round: 0 }),
      network,
      dataset,
      settings,
      distillation: null,
      series: 'train',
      checkpointEverySeconds: 20,
      resumeFrom: null,
    },
    contextFor(`training ${named}`),
  );
  const [output] = outputs;
  if (output === undefined) throw new EspalierError('INTERNAL', 'a training has made no network');
  return { name: named, path: output.path };
}
