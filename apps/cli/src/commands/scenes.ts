import { Command } from 'commander';
import { positiveWholeNumber, wholeNumber } from '../arguments.ts';
import { withExamples } from '../help.ts';
import type { Output } from '../output.ts';
import { checkFolder } from '../places.ts';

interface SceneOptions {
  out: string;
  training: number;
  test: number;
  seed: number;
}

export const scenesCommand = (output: () => Output): Command =>
  withExamples(
    new Command('scenes')
      .description('write drawn scenes of shapes on textures as a dataset in the layout of PASCAL VOC: JPEG pictures, XML boxes')
      .requiredOption('--out <folder>', 'where to write them')
      .option('--training <count>', 'scenes to train on', positiveWholeNumber, 400)
      .option('--test <count>', 'scenes to test on', positiveWholeNumber, 100)
      .option('--seed <number>', 'decides what is drawn', wholeNumber, 1)
      .action(async ({ out, training, test, seed }: SceneOptions) => {
        checkFolder(out, 'out');
        const { writeScenes } = await import('@espalier/datasets');
        const location = await writeScenes(out, { training, test, seed });
        output().result(location, `wrote ${training} scenes for training and ${test} for the test to ${location.path}`);
      }),
    [
      ['espalier scenes --out scenes', 'a small dataset for detectors'],
      ['espalier scenes --training 2000 --test 500 --seed 7 --out scenes', 'another one'],
    ],
  );
