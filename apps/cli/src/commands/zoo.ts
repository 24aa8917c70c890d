import { Command } from 'commander';
import { withExamples } from '../help.ts';
import type { Output } from '../output.ts';
import { table } from '../table.ts';

export const zooCommand = (output: () => Output): Command =>
  withExamples(
    new Command('zoo').description('list the architectures that can be built').action(async () => {
      const { zoo } = await import('@espalier/zoo');
      const entries = zoo.map(({ name, title, paper, task, inputShape, classes }) => ({ name, title, paper, task, inputShape, classes }));
      const rows = entries.map(({ name, title, inputShape, classes, paper }) => [
        name,
        title,
        inputShape.join(' × '),
        String(classes),
        paper,
      ]);
      output().result({ zoo: entries }, table(['name', 'title', 'input', 'classes', 'paper'], rows));
    }),
    [
      ['espalier zoo', 'names, inputs and papers'],
      ['espalier zoo --json', 'the same for a program'],
    ],
  );
