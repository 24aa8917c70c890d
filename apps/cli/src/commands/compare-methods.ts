import path from 'node:path';
import {
  DistillationSettingsSchema,
  EspalierError,
  badInput,
  datasetKinds,
  CostTargetSchema,
  TrainingSettingsSchema,
  type CostTarget,
  type TrainingSettings,
} from '@espalier/core';
import { writeFileAtomically } from '@espalier/core/node';
import { Command, Option } from 'commander';
import type { z } from 'zod';
import { datasetIn } from '../dataset-folder.ts';
import { names, positiveNumber, positiveWholeNumber, ratios, seeds } from '../arguments.ts';
import { onThisMachine } from '../local-job.ts';
import { withExamples } from '../help.ts';
import type { Output } from '../output.ts';
import { checkFolder } from '../places.ts';
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
      .addOption(new Option('--targets <list>', 'shares to remove').argParser(ratios).default([0.3, 0.5, 0.7], '0.3,0.5,0.7'))
      .addOption(new Option('--measure <name>', 'of what').choices(['macs', 'parameters']).default('macs'))
      .addOption(
        new Option('--seeds <list>', 'every method and target is done once with each').argParser(seeds).default([1, 2, 3], '1,2,3'),
      )
      .option('--epochs <count>', 'retraining passes of every small network', positiveWholeNumber, 2)
      .option('--batch-size <count>', 'images in a step', positiveWholeNumber, 128)
      .option('--learning-rate <rate>', 'the peak of the retraining', positiveNumber, 0.02)
      .option('--no-distil', 'retrain on the labels alone, without the whole network as teacher')
      .option('--parent-epochs <count>', 'training passes of networks of the zoo', positiveWholeNumber, 6)
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
    const [
      { catalogue, completeMethodChoice },
      { checkParents, parentsOf },
      { runComparison },
      { summarise },
      { comparisonReport, plotFile },
      { paretoPlot },
    ] = await Promise.all([
      import('@espalier/pruning'),
      import('../comparison/parents.ts'),
      import('../comparison/comparison.ts'),
      import('../comparison/summary.ts'),
      import('../comparison/report.ts'),
      import('../comparison/plot.ts'),
    ]);
    const { epochs, batchSize, learningRate, out, measure } = options;
    const methods = (options.methods ?? catalogue.map(({ name }) => name)).map((name) => completeMethodChoice({ name, settings: {} }));
    const dataset = await datasetIn(options.dataset);
    const { inspectDataset } = await import('@espalier/datasets');
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
    const retraining = settingsFrom({ epochs, batchSize, learningRate });
    const training = { epochs: options.parentEpochs, learningRate: options.parentLearningRate, batchSize };
    const settings = settingsFrom({ ...training, augmentation: { padCrop: 2 } });
    await checkParents(options.networks);
    const distillation = options.distil ? DistillationSettingsSchema.parse({}) : null;
    const { cells, refusals } = await onThisMachine(
      output(),
      async (machine) => {
        const networks = await parentsOf(
          options.networks,
          { dataset, shape, classes, settings, folder: path.join(out, 'parents') },
          machine,
        );
        const targets = options.targets.map((reductionRatio) => CostTargetSchema.parse({ measure, reductionRatio }));
        const comparison = { networks, dataset, methods, targets, seeds: options.seeds, retraining, distillation };
        return runComparison({ ...comparison, folder: path.join(out, 'runs') }, machine, (text) => output().note(text));
      },
      { whenStopped: 'What was done is kept: the same command goes on from there.' },
    );
    const summary = summarise(cells, classes.length);
    const report = comparisonReport(summary, { seeds: options.seeds, retraining, distillation }, refusals);
    await writeFileAtomically(path.join(out, 'comparison.json'), `${JSON.stringify({ ...summary, cells, refusals }, null, 1)}\n`);
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
    const unreached = refusals.length === 0 ? '' : `\n${refusals.length} refused: see there.`;
    output().result({ ...summary, cells, refusals }, `${text}\n\n${path.join(out, 'comparison.md')}${unreached}`);
  });

/** Flags as the settings of a training. @throws EspalierError BAD_INPUT naming what is out of bounds. */
function settingsFrom(flags: z.input<typeof TrainingSettingsSchema>): TrainingSettings {
  const settings = TrainingSettingsSchema.safeParse(flags);
  if (settings.success) return settings.data;
  throw badInput('BAD_INPUT', 'the training', settings.error, 'Correct the flag of that name.');
}
