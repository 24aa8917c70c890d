import { count, percentChange, table } from '@espalier/core';
import type { Change, LayerDifference, NetworkDifference } from '../difference.ts';
import { decidingChange, groupName, layerName, marks, settingText, type Titles } from './words.ts';

/**
 * The difference for a terminal: totals, the groups that changed, and the layers: changed (~), added (+) or removed (−). Layers without
 * multiply-accumulates whose width alone changed follow the layers before them and are only counted.
 */
export function diffText(difference: NetworkDifference, titles: Titles = { before: 'before', after: 'after' }): string {
  const { layers } = difference;
  return [
    `${titles.before} → ${titles.after}`,
    totals(difference),
    ...(layers.length === 0 ? [`no difference: all ${things(difference.sameLayers, 'layer')} are the same`] : []),
    ...groupSection(difference),
    ...layerSection(difference),
  ].join('\n\n');
}

function totals({ cost: { before, after } }: NetworkDifference): string {
  const row = (name: string, from: number, to: number): string[] => [name, count(from), count(to), percentChange(from, to)];
  const rows = [row('parameters', before.parameters, after.parameters), row('MACs', before.macs, after.macs)];
  return table(['', 'before', 'after', 'change'], rows);
}

function groupSection({ groups, sameGroups }: NetworkDifference): string[] {
  if (groups.length === 0) return [];
  const rows = groups.map(({ group, channels: { before, after } }) => [
    groupName(group),
    cell(before),
    cell(after),
    percentChange(before, after),
  ]);
  return [`${things(groups.length, 'group')} changed, ${count(sameGroups)} the same`, table(['group', 'channels', '→', 'change'], rows)];
}

function layerSection({ layers, sameLayers }: NetworkDifference): string[] {
  if (layers.length === 0) return [];
  const told = layers.filter((layer) => !onlyFollows(layer));
  const heading = `${things(layers.length, 'layer')} changed, ${count(sameLayers)} the same`;
  const followers = layers.length - told.length;
  return [
    followers === 0 ? heading : `${heading}; the ${count(followers)} that only follow the width of another are left out`,
    ...(told.length === 0
      ? []
      : [table(['', 'layer', 'type', 'width', '→', 'parameters', '→', 'MACs', '→', 'change', 'settings'], told.map(layerRow))]),
  ];
}

const onlyFollows = ({ status, macs, settings }: LayerDifference): boolean =>
  status === 'changed' && settings.length === 0 && macs.before === 0 && macs.after === 0;

function layerRow(layer: LayerDifference): string[] {
  const pair = ({ before, after }: Change<number>): string[] => [cell(before), before === after ? '' : cell(after)];
  const { before, after } = decidingChange(layer);
  return [
    marks[layer.status],
    layerName(layer),
    layer.type,
    ...pair(layer.width),
    ...pair(layer.parameters),
    ...pair(layer.macs),
    percentChange(before, after),
    layer.settings.map(settingText).join(', '),
  ];
}

const things = (number: number, thing: string): string => `${count(number)} ${thing}${number === 1 ? '' : 's'}`;
const cell = (value: number | null): string => (value === null ? '' : count(value));
