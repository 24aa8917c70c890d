import type { Topology } from '@espalier/core';
import { describe, expect, it } from 'vitest';
import { TopologyBuilder } from '../../../test/builder.ts';
import { resNetTopology } from '../../../test/networks.ts';
import { readGraph } from '../../graph.ts';
import { cutTopology, keptChannels } from '../../plan/cut.ts';
import { diff } from '../diff.ts';
import { diffHtml } from './html.ts';
import { diffText } from './text.ts';

const whole = resNetTopology(1);
const cut = ((): Topology => {
  const graph = readGraph(whole);
  return cutTopology(graph, keptChannels(graph, { keep: { stage2_block1_conv1: [0, 1, 2, 3] } }));
})();

describe('a difference as text', () => {
  const lines = diffText(diff(whole, cut), { before: 'whole', after: 'cut' }).split('\n');

  it('begins with what changed in all', () => {
    expect(lines[0]).toBe('whole → cut');
    // 28 fewer filters of 16 · 9 weights, 28 fewer γ and β, 28 · 9 fewer weights in each of 32 filters behind: 12,152 of the 75,290 parameters.
    expect(lines).toContain('parameters      75,290     63,138  −16.1 %');
  });

  it('shows the width before and after of each group and each layer that was cut', () => {
    expect(lines).toContainEqual(expect.stringMatching(/^stage2_block1_conv1 +32 +4 +−87\.5 %$/));
    expect(lines).toContainEqual(expect.stringMatching(/^~ +stage2_block1_conv1 +Conv2D +32 +4 +4,608 +576 .*−87\.5 % +filters 32 → 4$/));
  });

  it('only counts the layers that follow another’s width', () => {
    expect(lines).toContainEqual(expect.stringContaining('4 layers changed, 27 the same; the 2 that only follow'));
    expect(lines.join('\n')).not.toContain('stage2_block1_bn1');
  });

  it('says so when there is no difference', () => {
    expect(diffText(diff(whole, whole))).toContain('no difference: all 31 layers are the same');
  });
});

describe('a difference as a page', () => {
  const difference = diff(whole, cut);
  const page = diffHtml(difference, { titles: { before: 'whole', after: 'cut' } });
  const idsOf = (text: string): string[] => [...text.matchAll(/<tr id="([^"]*)"/g)].map((match) => match[1]!);

  it('has a row for every layer and every group that changed, each under an id of its own that its link leads to', () => {
    const ids = idsOf(page);
    expect(ids).toHaveLength(difference.comparison.length + difference.groups.length);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('layer-stage2_block1_conv1');
    const targets = [...page.matchAll(/href="#([^"]*)"/g)].map((match) => decodeURIComponent(match[1]!));
    expect(new Set(targets)).toEqual(new Set(ids));
  });

  it('marks what changed, so that the rest can be hidden', () => {
    expect(page.match(/class="changed"/g)).toHaveLength(4);
    expect(page.match(/class="same"/g)).toHaveLength(27);
  });

  it('asks for nothing outside itself, and runs no script', () => {
    expect(page).not.toMatch(/https?:|src=|<script|<link|url\(|@import/);
    expect(page).toContain("default-src 'none'");
  });

  it('shows names as they are, whatever they hold', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    const topology = net.classified(net.conv(net.input, 4, {}, '<img src=x onerror="alert(1)"> & two'));
    const hostile = diffHtml(diff(topology, topology), { titles: { before: '</title><script>', after: "'b'" } });
    expect(hostile).not.toMatch(/<img|<script/);
    expect(hostile).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt; &amp; two');
  });

  it('gives shared layers and layers of the same name ids of their own', () => {
    const build = (type: string): Topology => {
      const net = new TopologyBuilder([8, 8, 3]);
      return net.classified(net.add(type, [net.conv(net.input, 4)], { rate: 0.5 }, 'the same name'));
    };
    const ids = idsOf(diffHtml(diff(build('Dropout'), build('ReLU')), { titles: { before: 'a', after: 'b' } }));
    expect(ids.filter((id) => id.startsWith('layer-the_same'))).toEqual(['layer-the_same_name', 'layer-the_same_name.2']);
  });
});
