import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { badInput, EspalierError } from '@espalier/core';
import { channelOrigin, ChannelProvenanceSchema, type ChannelHistory, type ChannelProvenance, readGraph } from '@espalier/network';
import { Command } from 'commander';
import { wholeNumber } from '../arguments.ts';
import { openTopology } from '../networks/open.ts';
import { withExamples } from '../help.ts';
import type { Output } from '../output.ts';
import { count, table } from '../table.ts';

interface ProvenanceOptions {
  group?: string;
  layer?: string;
  channel?: number;
  original?: string;
  network?: string;
}

export const provenanceCommand = (output: () => Output): Command =>
  withExamples(
    new Command('provenance')
      .description(
        'say of the channels of a compressed network which channel of the original each was, in which round it stayed or went, and why',
      )
      .argument('<folder>', 'the folder of a compression, or its provenance.json')
      .option('--group <id>', 'every channel of one dependency group')
      .option('--layer <name>', 'one channel of one layer of the compressed network, with --channel and --original')
      .option('--channel <index>', 'an output channel of that layer, counted from 0', wholeNumber)
      .option('--original <network>', 'the network that was compressed')
      .option('--network <network>', 'the compressed network; left out: network.zip in the folder'),
    [
      ['espalier provenance small', 'widths of all groups, before and after'],
      ['espalier provenance small --group stage1_block1_conv1', 'what became of each of its channels'],
      ['espalier provenance small --layer stage1_block1_conv1 --channel 3 --original network.zip', 'down to the filter'],
    ],
  ).action(async (named: string, options: ProvenanceOptions) => {
    const file = named.endsWith('.json') ? named : path.join(named, 'provenance.json');
    const provenance = await readProvenance(file);
    if (options.layer !== undefined) return output().result(...(await oneChannel(provenance, file, options.layer, options)));
    if (options.group !== undefined) return output().result(...oneGroup(provenance, options.group));
    const rows = provenance.groups.map(({ group, before, after }) => [group, count(before), count(after)]);
    output().result(provenance, table(['group', 'channels before', 'after'], rows));
  });

async function readProvenance(file: string): Promise<ChannelProvenance> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause;
    throw new EspalierError(missing ? 'NOT_FOUND' : 'BAD_ARTIFACT', `${file} ${missing ? 'can’t be read' : 'is not JSON'}`, {
      hint: 'Name the folder that espalier compress wrote.',
      cause,
    });
  }
  const provenance = ChannelProvenanceSchema.safeParse(json);
  if (!provenance.success) throw badInput('BAD_ARTIFACT', file, provenance.error, 'Name the folder that espalier compress wrote.');
  return provenance.data;
}

function oneGroup({ groups, rounds }: ChannelProvenance, id: string): [object, string] {
  const found = groups.find(({ group }) => group === id);
  if (found === undefined)
    throw new EspalierError('NOT_FOUND', `the compression knows no group ${id}`, {
      hint: 'Without --group all of them are listed.',
      path: ['group'],
    });
  const rows = found.channels.map((history) => [String(history.original), fate(history), ...sightingsText(history)]);
  return [{ ...found, rounds }, table(['channel', 'became', 'score', 'cluster'], rows)];
}

async function oneChannel(
  provenance: ChannelProvenance,
  file: string,
  layer: string,
  { channel, original, network }: ProvenanceOptions,
): Promise<[object, string]> {
  if (channel === undefined || original === undefined)
    throw new EspalierError('BAD_INPUT', 'a layer needs a channel and the original network beside it', {
      hint: 'Add --channel and --original.',
      path: ['layer'],
    });
  const compressed = network ?? path.join(path.dirname(file), 'network.zip');
  const [before, after] = await Promise.all([original, compressed].map(async (name) => readGraph(await openTopology(name, {}))));
  const origin = channelOrigin(provenance, before!, after!, layer, channel);
  const text = [
    `channel ${channel} of ${layer} was filter ${origin.originalFilter} of it (channel ${origin.original} of the group ${origin.group})`,
    ...origin.sightings.map(({ round, channel: then, score, cluster }) => {
      const method = provenance.rounds[round - 1]?.method;
      return `round ${round}${typeof method === 'string' ? `, ${method}` : ''}: channel ${then}, score ${score ?? 'none'}, cluster ${cluster ?? 'none'}`;
    }),
  ].join('\n');
  return [{ ...origin, layer, rounds: provenance.rounds }, text];
}

const fate = ({ channel, removedInRound }: ChannelHistory): string =>
  channel === null ? `removed in round ${removedInRound}` : String(channel);

const sightingsText = ({ sightings }: ChannelHistory): string[] => [
  sightings.map(({ score }) => (score === null ? 'none' : score.toPrecision(4))).join(', '),
  sightings.map(({ cluster }) => cluster ?? 'none').join(', '),
];
