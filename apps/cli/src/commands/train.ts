import { Command } from 'commander';
import { datasetKinds } from '@espalier/core';
import { imageShape, positiveWholeNumber, wholeNumber } from '../arguments.ts';
import { withCurves, type EventOptions } from '../events/options.ts';
import { networkSource } from '../network-source.ts';
import { withExamples } from '../help.ts';
import type { Output } from '../output.ts';
import { trainingRecipe, type TrainingFlags } from '../recipe-file.ts';
import { trainLocally, withTrainingFlags } from '../train/locally.ts';

interface TrainOptions extends TrainingFlags, EventOptions {
  network: string;
  dataset: string;
  out: string;
  recipe?: string;
  input?: [number, number, number];
  classes?: number;
  resume?: boolean;
}

export const trainCommand = (output: () => Output): Command =>
  withExamples(
    withCurves(
      withTrainingFlags(
        new Command('train')
          .description('train a network on a dataset')
          .requiredOption('--network <network>', 'a name from the zoo, or a file in any format')
          .requiredOption('--dataset <folder>', 'a dataset')
          .requiredOption('--out <folder>', 'where network.zip and the checkpoints go')
          .option('--recipe <file>', 'a training recipe, YAML or JSON'),
      )
        .option('--seed <number>', 'decides everything that is drawn at random', wholeNumber)
        .option(
          '--input <shape>',
          'height x width x channels, for a network of the zoo; left out: as the dataset has it, for a detector its own',
          imageShape,
        )
        .option(
          '--classes <count>',
          'for a network of the zoo; left out: as the dataset has them, and for a detector the background',
          positiveWholeNumber,
        )
        .option('--resume', 'go on with what lies in the folder, from its last checkpoint'),
    ).action(async (options: TrainOptions) => {
      const recipe = await trainingRecipe(options.recipe, options);
      await trainLocally(output(), options, {
        recipe,
        networkFor: ({ format }, { shape, classes }) =>
          networkSource(options.network, {
            // A detector brings pictures to the size that it takes, and tells the background from all classes.
            ...(datasetKinds[format] === 'detection' ? { classes: classes.length + 1 } : { inputShape: shape, classes: classes.length }),
            ...(options.input && { inputShape: options.input }),
            ...(options.classes !== undefined && { classes: options.classes }),
          }),
        distillation: null,
        series: 'train',
        done: 'trained',
      });
    }),
    [
      [
        'espalier train --network resnet20 --dataset digits --epochs 5 --learning-rate 0.1 --out trained',
        'on the digits of: espalier digits --out digits',
      ],
      [
        'espalier train --network ssd-vgg16-quarter --dataset scenes --recipe docs/recipes/detection-training.yaml --out trained',
        'a detector, on the scenes of: espalier scenes --out scenes',
      ],
      ['espalier train --network resnet56 --dataset digits --recipe recipe.yaml --out trained', 'with settings from a file'],
      ['espalier train --network resnet56 --dataset digits --recipe recipe.yaml --out trained --resume', 'go on where it was stopped'],
      ['espalier train … --events events.jsonl --tensorboard curves', 'for programs, and for: tensorboard --logdir curves'],
    ],
  );
