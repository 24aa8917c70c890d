import { Command } from 'commander';
import { wholeNumber } from '../arguments.ts';
import { withExamples } from '../help.ts';
import { compare, type ComparisonFlags, comparisonText, withComparisonOptions } from '../networks/comparison.ts';
import { openNetwork } from '../networks/open.ts';
import { choicesOf, networkArgument, type NetworkFlags, withWeightOptions } from '../networks/options.ts';
import { inTensorFlow, openRunner } from '../networks/runner.ts';
import type { Output } from '../output.ts';
import { checkNetworkPlace } from '../places.ts';
import { kibibytes } from '../table.ts';

interface ConvertOptions extends NetworkFlags, ComparisonFlags {
  opset?: number;
}

export const convertCommand = (output: () => Output): Command =>
  withExamples(
    withComparisonOptions(
      withWeightOptions(
        new Command('convert')
          .description('write a network in another format, and compare what was written with what was read')
          .argument('<in>', networkArgument)
          .argument('<out>', 'ends in .zip, .h5, .keras or .onnx; anything else is a TF.js folder'),
      ),
    )
      .option('--opset <number>', 'of an ONNX file', wholeNumber)
      .action(async (source: string, target: string, options: ConvertOptions) => {
        const choices = choicesOf(options, source);
        await checkNetworkPlace(target, options);
        const { network, format, warnings } = await openNetwork(source, choices);
        for (const warning of warnings) output().note(`warning: ${warning}`);
        const { writeNetworkFile } = await import('@espalier/formats');
        const written = await writeNetworkFile(target, network, options.opset === undefined ? {} : { opset: options.opset });
        const original = format === 'onnx' ? await openRunner(source, choices, output()) : await opened(network, output());
        const copy = await openRunner(target, {}, output());
        const comparison = await compare(original.runner, copy.runner, options, output());
        output().result(
          {
            ...comparison,
            from: { network: source, format, engine: original.engine },
            to: { network: target, ...written, engine: copy.engine },
            warnings,
          },
          `${source} (${format}) → ${target} (${written.format}, ${kibibytes(written.bytes)})\n${comparisonText(comparison)}`,
          comparison.equal,
        );
      }),
    [
      ['espalier convert resnet56 resnet56.onnx --seed 7', 'an architecture with fresh weights'],
      ['espalier convert trained.h5 trained/', 'from Keras to TF.js'],
      ['espalier convert pruned/ pruned.onnx --opset 13', 'for an older runtime'],
    ],
  );

const opened = async (network: Parameters<typeof inTensorFlow>[0], output: Output) => ({
  runner: await inTensorFlow(network, output),
  engine: 'TensorFlow' as const,
});
