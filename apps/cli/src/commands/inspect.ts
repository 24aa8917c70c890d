import { Command } from 'commander';
import { EspalierError } from '@espalier/core';
import { inspect, type PreflightReport, UnsupportedLayers, type WidthLimits } from '@espalier/network';
import { withExamples } from '../help.ts';
import { type NetworkChoices, openTopology } from '../networks/open.ts';
import { choicesOf, networkArgument, type NetworkFlags, withNetworkOptions } from '../networks/options.ts';
import type { Output } from '../output.ts';
import { limitsOf, type LimitFlags, withLimitOptions } from '../prune/limits.ts';
import { count, percent, table } from '../table.ts';

export const inspectCommand = (output: () => Output): Command =>
  withExamples(
    withLimitOptions(
      withNetworkOptions(
        new Command('inspect')
          .description(
            'say what can be pruned: dependency groups, what is locked and why, the least that is reachable, what is not supported',
          )
          .argument('<network>', networkArgument),
      ),
    ).action(async (named: string, options: NetworkFlags & LimitFlags) => {
      const report = await inspectNamed(named, choicesOf(options, named), limitsOf(options));
      output().result({ network: named, ...report }, reportText(report), report.unsupported.length === 0);
    }),
    [
      ['espalier inspect resnet56', 'its 28 dependency groups, and why the input must stay'],
      ['espalier inspect exported.onnx', 'whether a network from elsewhere can be pruned here'],
      ['espalier inspect densenet121 --channel-multiple 8', 'the least with widths that hardware likes'],
    ],
  );

/** What a file's reader does not support is a finding as well. */
async function inspectNamed(named: string, choices: NetworkChoices, limits: WidthLimits): Promise<PreflightReport> {
  try {
    return inspect(await openTopology(named, choices), limits);
  } catch (error) {
    if (!(error instanceof EspalierError) || error.code !== 'UNSUPPORTED_LAYER') throw error;
    const only = { layer: String(error.path[1] ?? named), type: 'unknown', reason: error.message };
    return { groups: [], cost: null, minimum: null, unsupported: error instanceof UnsupportedLayers ? error.layers : [only] };
  }
}

function reportText({ groups, cost, minimum, unsupported }: PreflightReport): string {
  if (cost === null || minimum === null)
    return `not supported:\n\n${table(
      ['layer', 'type', 'why'],
      unsupported.map(({ layer, type, reason }) => [layer, type, reason]),
    )}`;
  const rows = groups.map(({ id, channels, members, reason }) => [id, count(channels), count(members.length), reason ?? '']);
  const prunable = groups.filter((group) => group.prunable).length;
  const least = (measure: 'parameters' | 'macs'): string[] => [
    measure === 'macs' ? 'MACs' : measure,
    count(cost[measure]),
    count(minimum[measure]),
    percent(1 - minimum[measure] / cost[measure], 1),
  ];
  return [
    table(['group', 'channels', 'axes', 'must stay whole because'], rows),
    `${count(prunable)} of ${count(groups.length)} groups can be pruned`,
    table(['', 'now', 'at least', 'removable'], [least('parameters'), least('macs')]),
  ].join('\n\n');
}
