import { Command } from 'commander';
import { withExamples } from '../help.ts';
import { compare, type ComparisonFlags, comparisonText, withComparisonOptions } from '../networks/comparison.ts';
import { choicesOf, networkArgument, type NetworkFlags, withWeightOptions } from '../networks/options.ts';
import { openRunner } from '../networks/runner.ts';
import type { Output } from '../output.ts';

export const verifyCommand = (output: () => Output): Command =>
  withExamples(
    withComparisonOptions(
      withWeightOptions(
        new Command('verify')
          .description('run two networks on the same random inputs and say whether they compute the same; exits with 1 if not')
          .argument('<a>', networkArgument)
          .argument('<b>', 'another'),
      ),
    ).action(async (a: string, b: string, options: NetworkFlags & ComparisonFlags) => {
      const choices = choicesOf(options, a, b);
      const first = await openRunner(a, choices, output());
      const second = await openRunner(b, choices, output());
      const comparison = await compare(first.runner, second.runner, options, output());
      output().result(
        { ...comparison, a: { network: a, engine: first.engine }, b: { network: b, engine: second.engine } },
        `${a} in ${first.engine}, ${b} in ${second.engine}\n${comparisonText(comparison)}`,
        comparison.equal,
      );
    }),
    [
      ['espalier verify resnet20.h5 resnet20.onnx', 'the one in TensorFlow, the other in ONNX Runtime'],
      ['espalier verify exported.onnx imported/ --samples 16', 'on more inputs'],
    ],
  );
