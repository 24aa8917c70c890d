import { Command, Option } from 'commander';
import { conventionNames, layerCosts, networkCost, readGraph, type ConventionName } from '@espalier/network';
import { imageShape, wholeNumber } from '../arguments.ts';
import { networkSource, openTopology } from '../network-source.ts';
import type { Output } from '../output.ts';
import { count, table } from '../table.ts';

interface CostOptions {
  input?: [number, number, number];
  classes?: number;
  convention: ConventionName;
}

export const costCommand = (output: () => Output): Command =>
  new Command('cost')
    .description('count the parameters and multiply-accumulates of a network, layer by layer')
    .argument('<network>', 'a network file, or a name from the zoo')
    .option('--input <shape>', 'height x width x channels, for a network of the zoo', imageShape)
    .option('--classes <count>', 'for a network of the zoo', wholeNumber)
    .addOption(new Option('--convention <name>', 'how parameters and cost are counted').choices(conventionNames).default('physical'))
    .action(async (named: string, { input, classes, convention }: CostOptions) => {
      const graph = readGraph(await openTopology(networkSource(named, { inputShape: input, classes })));
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
      output().result({ network: named, ...total, layers }, table(['layer', 'type', 'output', 'parameters', 'MACs'], rows));
    });
