import { Command } from 'commander';
import { withExamples } from '../help.ts';
import type { Output } from '../output.ts';
import { checkFolder } from '../places.ts';

export const digitsCommand = (output: () => Output): Command =>
  withExamples(
    new Command('digits')
      .description('write 10,000 handwritten digits as a dataset of IDX files: 8,000 for training, 2,000 for the test')
      .requiredOption('--out <folder>', 'where to write them')
      .action(async ({ out }: { out: string }) => {
        checkFolder(out, 'out');
        const { writeDigits } = await import('@espalier/datasets');
        const location = await writeDigits(out);
        output().result(location, `wrote 8,000 training and 2,000 test digits to ${location.path}`);
      }),
    [['espalier digits --out digits', 'a dataset to try things on']],
  );
