import path from 'node:path';
import { Command, Option } from 'commander';
import { names, ratios, wholeNumber } from '../arguments.ts';
import { withExamples } from '../help.ts';
import { onThisMachine } from '../local-job.ts';
import type { Output } from '../output.ts';
import { count, percent, table } from '../table.ts';

interface SensitivityOptions {
  model: string;
  dataset: string;
  method: string;
  ratios: number[];
  groups?: string[];
  split: 'training' | 'validation';
  images: number;
  seed: number;
  cache: string;
}

export const sensitivityCommand = (output: () => Output): Command =>
  withExamples(
    new Command('sensitivity')
      .description(
        'measure how much each dependency group matters: cut one at a time, without retraining; what was measured before is not measured again',
      )
      .requiredOption('--model <file>', 'a trained network')
      .requiredOption('--dataset <folder>', 'a dataset')
      .option('--method <name>', 'which channels go: one of espalier methods', 'l1')
      .option('--ratios <list>', 'shares of a group to remove', ratios, [0.25, 0.5, 0.75])
      .option('--groups <list>', 'ids from espalier inspect; left out: all that can be cut', names)
      .addOption(new Option('--split <name>', 'pictures to measure on').choices(['training', 'validation']).default('validation'))
      .option('--images <count>', 'how many of them, the same share of each class', wholeNumber, 1000)
      .option('--seed <number>', 'decides what a method draws at random', wholeNumber, 1)
      .option('--cache <folder>', 'where measurements are kept', path.join('.espalier', 'sensitivity')),
    [
      ['espalier sensitivity --model network.zip --dataset digits', 'every group, a quarter, half and three quarters of it'],
      ['espalier sensitivity --model network.zip --dataset digits --method exp --ratios 0.5 --groups stem_conv', 'one group, cut by EXP'],
    ],
  ).action(async (options: SensitivityOptions) => {
    const { model, method, groups, split, images, seed } = options;
    const [{ channelChooser, collectorFor }, { datasetAt, openDataset }] = await Promise.all([
      import('@espalier/pruning'),
      import('@espalier/datasets'),
    ]);
    const dataset = await openDataset(await datasetAt(options.dataset));
    const report = await onThisMachine(output(), async ({ contextFor }) => {
      const { analyseSensitivity, effectsInFolder, listenTo, readNetworkFile } = await import('@espalier/training');
      const { network, digest } = await readNetworkFile(model);
      const choice = { name: method, settings: {} };
      const collector = collectorFor({ network, method: choice });
      if (collector !== null) await listenTo(network, dataset, collector, contextFor('observation'));
      const choose = channelChooser({ network, method: choice, seed, ...(collector && { statistics: collector.finish() }) });
      const effects = effectsInFolder(options.cache);
      const request = {
        network,
        networkDigest: digest,
        dataset,
        split,
        images,
        ratios: options.ratios,
        choose,
        effects,
        ...(groups && { groups }),
      };
      return analyseSensitivity(request, contextFor('sensitivity'));
    });
    const rows = report.groups.map(({ group, channels, points }) => [
      group,
      count(channels),
      ...points.map(({ accuracy, change }) => `${percent(accuracy.estimate)} (${points100(change.low)} to ${points100(change.high)})`),
    ]);
    const head = ['group', 'channels', ...options.ratios.map((ratio) => `${percent(ratio)} gone`)];
    const text = `${table(head, rows)}\n\nWhole: ${percent(report.accuracy.estimate)} of ${count(report.images)} ${report.split} pictures (${percent(report.accuracy.low)} to ${percent(report.accuracy.high)}); in brackets the change in points, 95 % interval.`;
    output().result(report, text);
  });

const points100 = (share: number): string => `${share > 0 ? '+' : ''}${(100 * share).toFixed(1)}`;
