import { Command } from 'commander';
import { imageShape, portion, positiveNumber, wholeNumber } from '../arguments.ts';
import { withCurves, type EventOptions } from '../events/options.ts';
import { withExamples } from '../help.ts';
import { networkSource } from '../network-source.ts';
import type { Output } from '../output.ts';
import { distillationRecipe, type DistillationFlags } from '../recipe-file.ts';
import { trainLocally, withTrainingFlags } from '../train/locally.ts';

interface DistillOptions extends DistillationFlags, EventOptions {
  teacher: string;
  network: string;
  dataset: string;
  out: string;
  recipe?: string;
  input?: [number, number, number];
  teacherMemory?: number;
  resume?: boolean;
}

export const distillCommand = (output: () => Output): Command =>
  withExamples(
    withCurves(
      withTrainingFlags(
        new Command('distill')
          .description('train a network to answer as a teacher does, a trained network for the same pictures and classes')
          .requiredOption('--teacher <file>', 'a trained network')
          .requiredOption('--network <network>', 'the student: a name from the zoo, or a file in any format, such as a pruned teacher')
          .requiredOption('--dataset <folder>', 'a dataset for classification')
          .requiredOption('--out <folder>', 'where network.zip and the checkpoints go')
          .option(
            '--recipe <file>',
            'a training recipe, YAML or JSON, with the field distillation of compression recipes; flags override it',
          ),
      )
        .option(
          '--temperature <t>',
          'how far the answers are softened before they are compared; 4 unless the recipe says otherwise',
          positiveNumber,
        )
        .option(
          '--alpha <share>',
          "the weight of the teacher's answers beside the labels, from 0 to 1; 0.5 unless the recipe says otherwise",
          portion,
        )
        .option('--attention <weight>', 'attention transfer: compare where the networks look as well, with this weight', positiveNumber)
        .option('--hints <weight>', 'feature hints: compare maps of the middle of the networks as well, with this weight', positiveNumber)
        .option('--seed <number>', 'decides everything that is drawn at random', wholeNumber)
        .option('--input <shape>', 'height x width x channels, for a student from the zoo; left out: as the dataset has it', imageShape)
        .option(
          '--teacher-memory <MiB>',
          'how much of what the teacher says may be remembered where no augmentation changes the pictures; 256 if left out, 0 asks it in every step',
          wholeNumber,
        )
        .option('--resume', 'go on with what lies in the folder, from its last checkpoint'),
    ).action(async (options: DistillOptions) => {
      const { recipe, distillation } = await distillationRecipe(options.recipe, options);
      await trainLocally(output(), options, {
        recipe,
        networkFor: (_, { shape, classes }) =>
          networkSource(options.network, { inputShape: options.input ?? shape, classes: classes.length }),
        distillation: { teacherPath: options.teacher, settings: distillation, memoryMiB: options.teacherMemory },
        series: 'distil',
        done: 'distilled',
      });
    }),
    [
      [
        'espalier distill --teacher trained/network.zip --network resnet20 --dataset digits --epochs 5 --learning-rate 0.1 --out student',
        'a smaller network that learns from a larger one',
      ],
      [
        'espalier distill --teacher trained/network.zip --network small.zip --dataset digits --recipe recipe.yaml --attention 1 --out student --resume',
        'go on where it was stopped',
      ],
    ],
  );
