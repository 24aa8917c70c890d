import type { MethodDescription } from '@espalier/pruning/catalogue';
import { Command } from 'commander';
import { withExamples } from '../help.ts';
import type { Output } from '../output.ts';
import { table } from '../table.ts';

export const methodsCommand = (output: () => Output): Command =>
  withExamples(
    new Command('methods')
      .description('list the pruning methods, or say of one what it does, its settings, their defaults and its presets')
      .argument('[name]', 'one of them'),
    [
      ['espalier methods', 'all of them, with their papers'],
      ['espalier methods mcicp', 'what its settings mean, and what its presets change'],
      ['espalier methods --json', 'the same with the JSON Schema of all settings'],
    ],
  ).action(async (name: string | undefined) => {
    const { catalogue, methodNamed } = await import('@espalier/pruning/catalogue');
    if (name === undefined) {
      const rows = catalogue.map(({ name: each, title, observes, paper }) => [each, observes, title, paper]);
      output().result({ methods: catalogue }, table(['name', 'looks at', 'title', 'paper'], rows));
      return;
    }
    const { name: known } = methodNamed(name);
    const method = catalogue.find((candidate) => candidate.name === known)!;
    output().result(method, describe(method));
  });

function describe({ title, paper, summary, observes, settings, defaults, presets }: MethodDescription): string {
  const properties = settings['properties'] as Readonly<Record<string, { readonly description?: string }>>;
  const others = Object.entries(presets).map(([preset, values]) => ({
    preset,
    values: Object.entries(values).filter(([key, value]) => !isSame(value, defaults[key])),
  }));
  return [
    title,
    paper,
    '',
    `${summary} It looks at ${observes}.`,
    '',
    ...Object.entries(properties).flatMap(([key, { description }]) => [
      `  ${key}: ${JSON.stringify(defaults[key] ?? null)}`,
      ...(description === undefined ? [] : [`      ${description}`]),
    ]),
    ...others.map(
      ({ preset, values }) =>
        `\npreset ${preset}: ${values.map(([key, value]) => `${key} ${JSON.stringify(value)}`).join(', ') || 'the defaults'}`,
    ),
  ].join('\n');
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
