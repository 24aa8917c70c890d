/**
 * One process of Espalier's side: training steps and inference passes of one network in one way; prints a `SideResult`.
 *
 *   node --import tsx bench/training/espalier-side.ts stock|eager|compiled <zoo name> <steps>
 */
import process from 'node:process';
import { compile, openBackend, runEagerly, type RunnableStep, tf } from '@espalier/tensor';
import { contestants } from './networks.ts';
import { type SideResult, type Time, ways } from './result.ts';
import { workload } from './step.ts';

/** The first call prepares kernels, the first few grow memory. */
const WARM_UP = 3;

/** Calls a step on the same feeds, and reads what comes out, as a training does with its loss. */
function timed<Feed extends string>(step: RunnableStep<Feed, string>, feeds: Record<Feed, tf.Tensor>, repetitions: number): Time[] {
  const times: Time[] = [];
  for (let index = -WARM_UP; index < repetitions; index++) {
    const cpu = process.cpuUsage();
    const start = performance.now();
    const outputs = step.run(feeds);
    for (const output of Object.values<tf.Tensor>(outputs)) output.dataSync();
    const wall = performance.now() - start;
    const { user, system } = process.cpuUsage(cpu);
    tf.dispose(outputs);
    if (index >= 0) times.push({ wall, cpu: (user + system) / 1000 });
  }
  step.dispose();
  return times;
}

const [givenWay, name, steps = '5'] = process.argv.slice(2);
const way = ways.find((known) => known === givenWay);
const contestant = contestants.find(({ zoo }) => zoo === name);
if (way === undefined || contestant === undefined) throw new Error(`usage: espalier-side.ts ${ways.join('|')} <zoo name> [steps]`);
const device = await openBackend({ fusedKernels: way !== 'stock' });
if (device.warning !== null) throw new Error(device.warning);
const { training, inference, options, parameters } = workload(contestant, way === 'stock');
const prepare = way === 'compiled' ? compile : runEagerly;
const { images } = options.feeds;
const result: SideResult = {
  training: timed(prepare(training, options), options.feeds, Number(steps)),
  inference: timed(prepare(inference, { feeds: { images }, variables: options.variables }), { images }, Number(steps)),
  parameters,
  versions: [`TensorFlow.js ${tf.version.tfjs}`, `TensorFlow ${device.tensorflow}`],
};
console.log(JSON.stringify(result));
