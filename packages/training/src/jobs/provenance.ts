import { EspalierError, type EvaluateJob } from '@espalier/core';
import { channelProvenance, readGraph } from '@espalier/network';
import type { JobOutcome } from '../context.ts';
import { readNetworkFile, writeOutput } from './files.ts';
import { readPlanFile } from './plan-file.ts';

/**
 * Adds to an evaluation, where it is asked for, the output `provenance`: for every channel of the last network which channel of the first one it was, in which
 * round it was looked at, and why it stayed. The bytes are those of the command line's `provenance.json`.
 */
export async function withProvenance({ planPaths, networks, workDirectory }: EvaluateJob, outcome: JobOutcome): Promise<JobOutcome> {
  if (planPaths === undefined) return outcome;
  const [original] = networks;
  if (original === undefined || networks.length < 2)
    throw new EspalierError('BAD_INPUT', 'plans lead from one network to another, but only one is evaluated', { path: ['networks'] });
  const plans = [];
  for (const file of planPaths) plans.push(await readPlanFile(file));
  const { network } = await readNetworkFile(original.path);
  const content = Buffer.from(`${JSON.stringify(channelProvenance(readGraph(network.topology), plans))}\n`);
  const output = await writeOutput(workDirectory, { name: 'provenance', fileName: 'provenance.json', kind: 'channel-provenance', content });
  return { ...outcome, outputs: [...outcome.outputs, output] };
}
