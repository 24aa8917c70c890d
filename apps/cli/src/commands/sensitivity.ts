import path from 'node:path';
import { Command, Option } from 'commander';
import { names, positiveWholeNumber, ratios, wholeNumber } from '../arguments.ts';
import type { DetectorSensitivityReport, SensitivityReport } from '@espalier/training';
import { datasetIn } from '../dataset-folder.ts';
import { withExamples } from '../help.ts';
import { onThisMachine } from '../local-job.ts';
import { precisionText } from '../measurements.ts';
import { readTrained } from '../networks/trained.ts';
import type { Output } from '../output.ts';
import { checkFolder } from '../places.ts';
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
      .addOption(new Option('--ratios <list>', 'shares of a group to remove').argParser(ratios).default([0.25, 0.5, 0.75], '0.25,0.5,0.75'))
      .option('--groups <list>', 'ids from espalier inspect; left out: all that can be cut', names)
      .addOption(new Option('--split <name>', 'pictures to measure on').choices(['training', 'validation']).default('validation'))
      .option('--images <count>', 'how many of them, the same share of each class', positiveWholeNumber, 1000)
      .option('--seed <number>', 'decides what a method draws at random', wholeNumber, 1)
      .option('--cache <folder>', 'where measurements are kept', path.join('.espalier', 'sensitivity')),
    [
      ['espalier sensitivity --model network.zip --dataset digits', 'every group, a quarter, half and three quarters of it'],
      ['espalier sensitivity --model network.zip --dataset digits --method exp --ratios 0.5 --groups stem_conv', 'one group, cut by EXP'],
    ],
  ).action(async (options: SensitivityOptions) => {
    const { model, method, groups, split, images, seed } = options;
    checkFolder(options.cache, 'cache');
    const { network, digest } = await readTrained(model);
    const location = await datasetIn(options.dataset);
    const { channelChooser, collectorFor } = await import('@espalier/pruning');
    const report = await onThisMachine(
      output(),
      async ({ contextFor }) => {
        const { analyseDetectorSensitivity, analyseSensitivity, effectsInFolder, listenTo, openFor, precisionsInFolder } =
          await import('@espalier/training');
        const choice = { name: method, settings: {} };
        const opened = await openFor(network, location, 'network', contextFor('sensitivity'));
        const collector = collectorFor({ network, method: choice });
        if (collector !== null) await listenTo(network, opened.dataset, collector, contextFor('observation'));
        const choose = channelChooser({ network, method: choice, seed, ...(collector && { statistics: collector.finish() }) });
        const request = { network, networkDigest: digest, split, images, ratios: options.ratios, choose, ...(groups && { groups }) };
        const context = contextFor('sensitivity');
        return opened.kind === 'detection'
          ? analyseDetectorSensitivity({ ...request, dataset: opened.dataset, precisions: precisionsInFolder(options.cache) }, context)
          : analyseSensitivity({ ...request, dataset: opened.dataset, effects: effectsInFolder(options.cache) }, context);
      },
      { whenStopped: 'What was measured is kept: the same command goes on from there.' },
    );
    const text = 'accuracy' in report ? classifierText(report, options.ratios) : detectorText(report, options.ratios);
    output().result(report, text);
  });

function classifierText({ groups, accuracy, images, split }: SensitivityReport, asked: readonly number[]): string {
  const rows = groups.map(({ group, channels, points }) => [
    group,
    count(channels),
    ...points.map((point) => `${percent(point.accuracy.estimate)} (${points100(point.change.low)} to ${points100(point.change.high)})`),
  ]);
  return `${table(headFor(asked), rows)}\n\nWhole: ${percent(accuracy.estimate)} of ${count(images)} ${split} pictures (${percent(accuracy.low)} to ${percent(accuracy.high)}); in brackets the change in points, 95 % interval.`;
}

function detectorText({ groups, meanAveragePrecision, images, split }: DetectorSensitivityReport, asked: readonly number[]): string {
  const rows = groups.map(({ group, channels, points }) => [
    group,
    count(channels),
    ...points.map(
      ({ meanAveragePrecision: { voc07 }, change }) =>
        `${percent(voc07.estimate)} (${points100(change.voc07.low)} to ${points100(change.voc07.high)})`,
    ),
  ]);
  const { voc07, area } = meanAveragePrecision;
  const whole = precisionText({ voc07: voc07.estimate, area: area.estimate });
  return `${table(headFor(asked), rows)}\n\nWhole: mAP ${whole} (11 points / area) of ${count(images)} ${split} pictures (11 points: ${percent(voc07.low)} to ${percent(voc07.high)}); the table is that of 11 points, in brackets the change in points, 95 % interval.`;
}

const headFor = (asked: readonly number[]): string[] => ['group', 'channels', ...asked.map((ratio) => `${percent(ratio)} gone`)];

const points100 = (share: number): string => `${share > 0 ? '+' : ''}${(100 * share).toFixed(1)}`;
