import { Command } from 'commander';
import type { Output } from '../output.ts';
import { table } from '../table.ts';

export const zooCommand = (output: () => Output): Command =>
  new Command('zoo').description('list the architectures that can be built').action(async () => {
    const { zoo } = await import('@espalier/zoo');
    const entries = zoo.map(({ name, title, paper, inputShape, classes }) => ({ name, title, paper, inputShape, classes }));
    const rows = entries.map(({ name, title, inputShape, classes, paper }) => [
      name,
      title,
      inputShape.join(' × '),
      String(classes),
      paper,
    ]);
    output().result({ zoo: entries }, table(['name', 'title', 'input', 'classes', 'paper'], rows));
  });
