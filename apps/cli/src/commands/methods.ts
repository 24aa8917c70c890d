import { Command } from 'commander';
import type { Output } from '../output.ts';
import { table } from '../table.ts';

const examples = `
Examples:
  espalier methods
  espalier methods --json | jq '.methods[] | select(.name == "exp").defaults'`;

export const methodsCommand = (output: () => Output): Command =>
  new Command('methods')
    .description('list the pruning methods: paper, what they look at, settings with their defaults and presets')
    .addHelpText('after', examples)
    .action(async () => {
      const { catalogue } = await import('@espalier/pruning/catalogue');
      const rows = catalogue.map(({ name, title, observes, paper }) => [name, title, observes, paper]);
      const settings = catalogue.flatMap(({ name, defaults, presets }) => [
        `${name}: ${settingsText(defaults)}`,
        ...Object.entries(presets).map(([preset, values]) => `  ${preset}: ${settingsText(values)}`),
      ]);
      output().result(
        { methods: catalogue },
        `${table(['name', 'title', 'looks at', 'paper'], rows)}\n\nSettings and their defaults\n${settings.join('\n')}`,
      );
    });

const settingsText = (values: Readonly<Record<string, unknown>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(', ') || 'none';
