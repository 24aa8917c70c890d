import { Command, Option } from 'commander';
import { conventionNames, layerCosts, networkCost, readGraph, type ConventionName } from '@espalier/network';
import { withExamples } from '../help.ts';
import { openTopology } from '../networks/open.ts';
import { choicesOf, networkArgument, type NetworkFlags, withNetworkOptions } from '../networks/options.ts';
import type { Output } from '../output.ts';
import { count, table } from '../table.ts';

interface CostOptions extends NetworkFlags {
  convention: ConventionName;
}

export const costCommand = (output: () => Output): Command =>
  withExamples(
    withNetworkOptions(
      new Command('cost')
        .description('count the parameters and multiply-accumulates of a network, layer by layer')
        .argument('<network>', networkArgument),
    )
      .addOption(new Option('--convention <name>', 'how parameters and cost are counted').choices(conventionNames).default('physical'))
      .action(async (named: string, options: CostOptions) => {
        const { convention } = options;
        const graph = readGraph(await openTopology(named, choicesOf(options, named)));
        const total = networkCost(graph, convention);
        const layers = layerCosts(graph, convention).map(({ layer, type, outputShape, parameters, macs }) => ({
          name: layer,
          type,
          outputShape: [...outputShape],
          parameters,
          macs,
        }));
        const rows = layers
          .filter(({ parameters, macs }) => parameters + macs > 0)
          .map(({ name, type, outputShape, parameters, macs }) => [name, type, outputShape.join(' × '), count(parameters), count(macs)]);
        rows.push(['all', '', '', count(total.parameters), count(total.macs)]);
        const text = table(['layer', 'type', 'output', 'parameters', 'MACs'], rows);
        const asCounted = convention === 'physical' ? '' : `\n\ncost as ${convention} counts it: ${count(total.cost)}`;
        output().result({ network: named, ...total, layers }, text + asCounted);
      }),
    [
      ['espalier cost resnet56', 'the paper’s ResNet-56, layer by layer'],
      ['espalier cost vgg16-cifar --convention hrank', 'as the papers since HRank count it'],
      ['espalier cost pruned/ --json', 'a network on the disk, for a program'],
    ],
  );
