import { Command } from 'commander';
import { diff, diffHtml, diffText } from '@espalier/network';
import { withExamples } from '../help.ts';
import { openTopology } from '../networks/open.ts';
import { choicesOf, networkArgument, type NetworkFlags, withNetworkOptions } from '../networks/options.ts';
import type { Output } from '../output.ts';
import { checkFile } from '../places.ts';
import { writeAskedFile } from '../write-file.ts';

interface DiffOptions extends NetworkFlags {
  html?: string;
}

export const diffCommand = (output: () => Output): Command =>
  withExamples(
    withNetworkOptions(
      new Command('diff')
        .description('say which groups and layers changed from one network to another: widths, parameters, MACs, settings')
        .argument('<a>', networkArgument)
        .argument('<b>', 'another'),
    )
      .option('--html <file>', 'write the two side by side as one HTML file as well')
      .action(async (a: string, b: string, { html, ...flags }: DiffOptions) => {
        if (html !== undefined) checkFile(html, 'html');
        const choices = choicesOf(flags, a, b);
        const difference = diff(await openTopology(a, choices), await openTopology(b, choices));
        const titles = { before: a, after: b };
        if (html !== undefined) await writeAskedFile(html, diffHtml(difference, { titles }));
        const { comparison: _, ...changes } = difference;
        output().result({ before: a, after: b, ...changes }, html === undefined ? diffText(difference, titles) : `wrote ${html}`);
      }),
    [
      ['espalier diff densenet121 pruned/', 'as a table'],
      ['espalier diff densenet121 pruned/ --html diff.html', 'as a page to look at'],
      ['espalier diff resnet56 resnet56-b --json', 'for a program'],
    ],
  );
