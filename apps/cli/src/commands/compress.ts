import path from 'node:path';
import { Command } from 'commander';
import { datasetKinds } from '@espalier/core';
import { writeFileAtomically } from '@espalier/core/node';
import { ratio, positiveWholeNumber, wholeNumber } from '../arguments.ts';
import { datasetIn } from '../dataset-folder.ts';
import { withExamples } from '../help.ts';
import { listenersFor, withCurves, type EventOptions } from '../events/options.ts';
import { onThisMachine, resumable } from '../local-job.ts';
import { measurementTable } from '../measurements.ts';
import type { Output } from '../output.ts';
import { compressionRecipe, type CompressionFlags } from '../recipe-file.ts';
import { withTrainingFlags } from '../train/locally.ts';
import { checkWorkFolder } from '../work-folder.ts';

interface CompressOptions extends CompressionFlags, EventOptions {
  model: string;
  dataset: string;
  out: string;
  recipe?: string;
  resume?: boolean;
}

export const compressCommand = (output: () => Output): Command =>
  withExamples(
    withCurves(
      withTrainingFlags(
        new Command('compress')
          .description('choose channels, prune, retrain and evaluate: the pipeline of the portal, on local folders')
          .requiredOption('--model <file>', 'a trained network')
          .requiredOption('--dataset <folder>', 'a dataset')
          .requiredOption('--out <folder>', 'where network.zip, result.json, report.md, provenance.json and the work of each stage go')
          .option('--recipe <file>', 'a compression recipe, YAML or JSON; flags override it')
          .option('--method <name>', 'how channels are chosen: one of espalier methods')
          .option('--preset <name>', 'settings of the method, such as paper: what its authors do')
          .option('--macs <ratio>', 'the share of the multiply-accumulates to remove', ratio)
          .option('--parameters <ratio>', 'the share of the parameters to remove, instead', ratio)
          .option('--channels <ratio>', 'the share of the channels of every group to remove, instead', ratio)
          .option('--latency <ratio>', 'the share of the time for a picture to save, measured here, instead', ratio)
          .option('--rounds <count>', 'prune – retrain rounds', positiveWholeNumber),
        'retraining passes over the training split, each round',
      )
        .option('--seed <number>', 'decides everything that is drawn at random', wholeNumber)
        .option('--resume', 'go on with what lies in the folder; what is done there is not done again'),
    ),
    [
      [
        'espalier compress --model network.zip --dataset digits --method exp --macs 0.5 --epochs 4 --learning-rate 0.02 --out small',
        'half of the MACs',
      ],
      ['espalier compress --model network.zip --dataset digits --recipe recipe.yaml --out small --resume', 'go on where it was stopped'],
    ],
  ).action(async (options: CompressOptions) => {
    const { model, out, resume = false } = options;
    await checkWorkFolder(out, { resume });
    const dataset = await datasetIn(options.dataset);
    const recipe = await compressionRecipe(options.recipe, options, datasetKinds[dataset.format]);
    const [{ compress }, { describeCompression, provenanceFile }, { compressionReport }] = await Promise.all([
      import('../compress/pipeline.ts'),
      import('../compress/result.ts'),
      import('../compress/report.ts'),
    ]);
    const compressed = await onThisMachine(
      output(),
      (machine) => compress({ network: model, dataset, recipe, folder: out, resume, latency: true }, machine),
      { listeners: listenersFor(options), whenStopped: resumable },
    );
    const { result, provenance } = await describeCompression(compressed, model, recipe);
    await writeFileAtomically(path.join(out, provenanceFile), `${JSON.stringify(provenance)}\n`);
    await writeFileAtomically(path.join(out, 'report.md'), compressionReport(result));
    await writeFileAtomically(path.join(out, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
    const { before, afterPruning, after } = result;
    output().result(result, `${measurementTable({ before, 'cut, not retrained': afterPruning, after })}\n\n${result.network.path}`);
  });
