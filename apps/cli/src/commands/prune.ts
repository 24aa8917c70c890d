import { Command, Option } from 'commander';
import { EspalierError, type NetworkData } from '@espalier/core';
import type { PruningPlan } from '@espalier/network';
import { share, wholeNumber } from '../arguments.ts';
import { withExamples } from '../help.ts';
import { type ComparisonFlags, differenceText, withComparisonOptions } from '../networks/comparison.ts';
import { isFromZoo, openNetwork } from '../networks/open.ts';
import { choicesOf, networkArgument, type NetworkFlags, withWeightOptions } from '../networks/options.ts';
import type { Output } from '../output.ts';
import { checkNetworkPlace } from '../places.ts';
import { type Cut, cut } from '../prune/cut.ts';
import { type PruningFiles, writePruned } from '../prune/files.ts';
import { limitsOf, type LimitFlags, withLimitOptions } from '../prune/limits.ts';
import { completePlan, networkDigest, readPlan, refuseForeignPlan } from '../prune/plan-file.ts';
import { methodChoice, planUniform, type ShareMeasure, shareMeasures } from '../prune/uniform.ts';
import { count, percentChange, table } from '../table.ts';

interface PruneOptions extends NetworkFlags, LimitFlags, ComparisonFlags {
  network?: string;
  keep?: string;
  ratio?: number;
  method: string;
  preset?: string;
  target: ShareMeasure;
  out?: string;
  opset?: number;
}

export const pruneCommand = (output: () => Output): Command =>
  withExamples(
    withComparisonOptions(
      withLimitOptions(
        withWeightOptions(
          new Command('prune')
            .description(
              'remove channels for good, by a plan or uniformly, and compare the result with the masked network; exits with 1 if they differ',
            )
            .argument('[network]', networkArgument)
            .option('--network <network>', 'the same, as an option')
            .addOption(
              new Option('--keep <plan>', 'a plan: JSON with the channels that each dependency group keeps').conflicts([
                'method',
                'preset',
                'target',
              ]),
            )
            .option('--ratio <share>', 'without a plan: the share to remove, from every group alike', share)
            .option('--method <name>', 'without a plan: which channels go; see espalier methods', 'l1')
            .option('--preset <name>', 'the settings of the method, such as those of its paper; left out: the recommended ones')
            .addOption(new Option('--target <measure>', 'what --ratio is a share of').choices(shareMeasures).default('channels'))
            .option('--out <path>', 'a folder, or a file that ends in .zip, .h5, .keras or .onnx; left out: nothing is written')
            .option('--opset <number>', 'of an ONNX file', wholeNumber),
        ),
      ),
    ).action(async (positional: string | undefined, options: PruneOptions) => {
      const named = oneNetwork(positional, options);
      if (options.out !== undefined) await checkNetworkPlace(options.out, options);
      const { network, warnings } = await openNetwork(named, choicesOf(options, named));
      for (const warning of warnings) output().note(`warning: ${warning}`);
      const plan = await planFor(named, network, options);
      const result = await cut(network, plan, options, output());
      const { equal, maxAbsoluteDifference: maskedDifference, tolerance, samples } = result.comparison;
      const { before, after, groups } = result;
      const findings = { network: named, before, after, groups, maskedDifference, tolerance, samples, equal };
      const subject = { named, original: network, pruned: result.pruned, plan, opset: options.opset };
      const isWritten = equal && options.out !== undefined;
      const files = isWritten ? await writePruned(options.out!, subject, (files) => ({ ...findings, files })) : null;
      output().result({ ...findings, files }, pruneText(result, files), equal);
    }),
    [
      ['espalier prune --network resnet56 --ratio 0.5 --method l1 --out small', 'half of every group’s channels'],
      ['espalier prune trained.h5 --ratio 0.6 --target macs --method exp --out small.h5', '60 % of the MACs'],
      ['espalier prune trained/ --keep plan.json --out small.onnx', 'by a plan'],
    ],
  );

function oneNetwork(
  positional: string | undefined,
  { network, keep, ratio, channelMultiple, minimumChannels, groups }: PruneOptions,
): string {
  if (positional !== undefined && network !== undefined)
    throw wrong('the network is named twice', 'Give it either in its place or by --network.', 'network');
  const named = positional ?? network;
  if (named === undefined) throw wrong('no network is named', 'Name one from espalier zoo, or a file.', 'network');
  if ((keep === undefined) === (ratio === undefined))
    throw wrong('it takes either a plan (--keep) or a share to remove (--ratio)', 'Give exactly one of the two.', 'ratio');
  if (keep !== undefined && (channelMultiple ?? minimumChannels ?? groups) !== undefined)
    throw wrong('a plan says itself what each group keeps', 'Leave out --groups, --channel-multiple and --minimum-channels.', 'keep');
  return named;
}

async function planFor(named: string, network: NetworkData, options: PruneOptions): Promise<PruningPlan> {
  const { keep, ratio = 0, target, seed = 0 } = options;
  if (keep === undefined) {
    const method = await methodChoice(options.method, options.preset);
    return planUniform({
      network,
      networkDigest: await networkDigest(network),
      method,
      ratio,
      of: target,
      limits: limitsOf(options),
      seed,
    });
  }
  const plan = await readPlan(keep);
  await refuseForeignPlan(plan, network, isFromZoo(named) ? null : named);
  return completePlan(plan, plan.network ?? (await networkDigest(network)));
}

function pruneText({ before, after, groups, comparison }: Cut, files: PruningFiles | null): string {
  const total = (name: string, from: number, to: number): string[] => [name, count(from), count(to), percentChange(from, to)];
  const cutGroups = groups.filter((group) => group.after < group.before);
  return [
    table(
      ['', 'before', 'after', 'change'],
      [total('parameters', before.parameters, after.parameters), total('MACs', before.macs, after.macs)],
    ),
    table(
      ['group', 'before', 'after', 'change'],
      cutGroups.map((group) => total(group.id, group.before, group.after)),
    ),
    `${comparison.equal ? 'computes' : 'does NOT compute'} what the masked network does: ${differenceText(comparison)}`,
    files === null ? 'nothing was written' : `${files.network} (${files.format}), ${files.plan}, ${files.report}, ${files.page}`,
  ].join('\n\n');
}

const wrong = (message: string, hint: string, option: string): EspalierError =>
  new EspalierError('BAD_INPUT', message, { hint, path: [option] });
