import path from 'node:path';
import { Command, Option } from 'commander';
import { splitNames, type SplitName } from '@espalier/core';
import { datasetIn } from '../dataset-folder.ts';
import { listenersFor, withEvents, type EventOptions } from '../events/options.ts';
import { onThisMachine } from '../local-job.ts';
import { measurementTable } from '../measurements.ts';
import { withExamples } from '../help.ts';
import { readTrained } from '../networks/trained.ts';
import type { Output } from '../output.ts';

interface EvaluateOptions extends Pick<EventOptions, 'events'> {
  dataset: string;
  split: SplitName;
  latency?: boolean;
}

export const evaluateCommand = (output: () => Output): Command =>
  withExamples(
    withEvents(
      new Command('evaluate')
        .description('measure networks on one split of a dataset')
        .argument('<networks...>', 'network files')
        .requiredOption('--dataset <folder>', 'a dataset')
        .addOption(new Option('--split <name>', 'what to measure on').choices(splitNames).default('test'))
        .option('--latency', 'measure the time of a forward pass as well, the networks in turn'),
    ).action(async (files: string[], { dataset: folder, split, latency = false, events }: EvaluateOptions) => {
      const networks = files.map((file) => ({ name: path.relative('.', file), path: file }));
      // What is wrong with one of them is said of it by name, before anything is measured.
      for (const file of files) await readTrained(file);
      const dataset = await datasetIn(folder);
      const { result } = await onThisMachine(
        output(),
        async ({ contextFor }) => {
          const { runEvaluate } = await import('@espalier/training');
          return runEvaluate({ kind: 'evaluate', workDirectory: '.', seed: 0, networks, dataset, split, latency }, contextFor('evaluate'));
        },
        { listeners: listenersFor({ events }), whenStopped: 'Nothing was measured to its end: start it again.' },
      );
      if (result.kind === 'evaluate') output().result(result, measurementTable(result.measurements));
    }),
    [
      ['espalier evaluate trained/network.zip small/network.zip --dataset digits', 'before and after, on the test split'],
      ['espalier evaluate trained/network.zip --dataset digits --split validation', 'on another split'],
    ],
  );
