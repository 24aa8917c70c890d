import path from 'node:path';
import { Command, Option } from 'commander';
import { writeFileAtomically } from '@espalier/core/node';
import { ratio, positiveNumber, wholeNumber } from '../arguments.ts';
import { onThisMachine } from '../local-job.ts';
import { measurementTable } from '../measurements.ts';
import type { Output } from '../output.ts';
import { compressionRecipe, type CompressionFlags } from '../recipe-file.ts';

interface CompressOptions extends CompressionFlags {
  data: string;
  out: string;
  recipe?: string;
}

export const compressCommand = (output: () => Output): Command =>
  new Command('compress')
    .description('analyse, prune, retrain and evaluate a network: the pipeline of the portal, on local folders')
    .argument('<network>', 'a trained network file')
    .requiredOption('--data <folder>', 'a dataset of IDX files')
    .requiredOption('--out <folder>', 'where network.zip, result.json and the work of each stage go')
    .option('--recipe <file>', 'a compression recipe, YAML or JSON')
    .option('--method <name>', 'how channels are chosen')
    .addOption(new Option('--measure <name>', 'what to reduce').choices(['macs', 'parameters']))
    .option('--reduction <ratio>', 'the share to remove', ratio)
    .option('--rounds <count>', 'prune – retrain rounds', wholeNumber)
    .option('--epochs <count>', 'retraining passes over the training split, each round', wholeNumber)
    .option('--batch-size <count>', 'images in a step', wholeNumber)
    .option('--learning-rate <rate>', 'the peak of the schedule', positiveNumber)
    .option('--seed <number>', 'decides everything that is drawn at random', wholeNumber)
    .action(async (network: string, options: CompressOptions) => {
      const recipe = await compressionRecipe(options.recipe, options);
      const { compress } = await import('../compress.ts');
      const dataset = { format: 'idx' as const, path: options.data };
      const result = await onThisMachine(output(), (machine) => compress({ network, dataset, recipe, folder: options.out }, machine));
      await writeFileAtomically(path.join(options.out, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
      output().result(result, `${measurementTable(result.measurements)}\n\n${result.network.path}`);
    });
