import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { runBenchmark } from '../harness/run.ts';
import { UsageError } from '../harness/usage.ts';
import { drawTraining, type Phase } from './draw.ts';
import { curveOf, pointsIn } from './points.ts';

/**
 * Draws what a detector learnt: `curve.ts --out curve.svg training.jsonl retraining.jsonl`, one file of JSON lines a phase. Besides the picture it writes the points that it is drawn from,
 * as a table of the same name.
 */
async function draw(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { out: { type: 'string', default: 'detection.svg' } },
  });
  if (positionals.length === 0) throw new UsageError('name the files of --events, that of the training first');
  const names = ['training', 'retraining'];
  const phases = await Promise.all(
    positionals.map(async (file, index): Promise<Phase> => {
      const points = await pointsIn(file);
      const curve = (name: string) => curveOf(points, name);
      return {
        name: names[index] ?? `retraining ${index}`,
        precision: curve('validation-mean-average-precision'),
        area: curve('validation-mean-average-precision-area'),
        loss: curve('loss'),
      };
    }),
  );
  await writeFile(values.out, drawTraining(phases));
  await writeFile(values.out.replace(/\.svg$/, '.csv'), tableOf(phases));
}

function tableOf(phases: readonly Phase[]): string {
  const rows = phases.flatMap(({ name, ...curves }) =>
    Object.entries(curves).flatMap(([series, { steps, values }]) =>
      steps.map((step, index) => `${name},${series},${step},${values[index]!.toFixed(4)}`),
    ),
  );
  return ['phase,series,step,value', ...rows, ''].join('\n');
}

await runBenchmark(draw);
