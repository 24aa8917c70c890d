import { describe, expect, it } from 'vitest';
import { workedExamples } from '../../test/worked-examples.ts';
import { resNetTopology } from '../../test/networks.ts';
import { dependencyGroups } from '../channels/groups.ts';
import { networkCost } from '../cost/cost.ts';
import { readGraph } from '../graph.ts';
import { costAfter } from './cost-after.ts';
import { widthsAfter } from './plan.ts';

describe.each(workedExamples)('[P2] the worked example "$name"', ({ topology, full, cuts }) => {
  const graph = readGraph(topology);
  const groups = dependencyGroups(graph);

  it('costs what the arithmetic says', () => {
    expect(networkCost(graph)).toMatchObject(full);
  });

  it.each(cuts)('costs what the arithmetic says without $removed', ({ removed, left }) => {
    const keep = Object.fromEntries(
      Object.entries(removed).map(([id, channels]) => {
        const group = groups.find((candidate) => candidate.id === id)!;
        return [id, Array.from({ length: group.channels }, (_, channel) => channel).filter((channel) => !channels.includes(channel))];
      }),
    );
    expect(costAfter(graph, groups, widthsAfter(graph, { keep }))).toEqual(left);
  });
});

// The published fixtures of block-inner pruning: the first convolution of every block is narrowed, the streams stay.
const icpResNet56 = [10, 9, 9, 6, 10, 12, 12, 5, 10, 8, 19, 12, 10, 9, 11, 7, 10, 13, 13, 29, 17, 14, 19, 10, 17, 19, 20];
const perStage = (n: number, ...widths: number[]) => widths.flatMap((width) => Array.from({ length: n }, () => width));

describe('[P2] the cost of a ResNet whose blocks are narrowed inside', () => {
  it.each([
    ['ResNet-20, halved', 3, perStage(3, 8, 16, 32), 135_754, 20_497_024],
    ['ResNet-56, halved', 9, perStage(9, 8, 16, 32), 428_074, 62_964_352],
    ['ResNet-56, 11/22/44', 9, perStage(9, 11, 22, 44), 587_428, 86_409_856],
    ['ResNet-110, halved', 18, perStage(18, 8, 16, 32), 866_554, 126_665_344],
    ['ResNet-56, the widths in the code of ICP', 9, icpResNet56, 261_858, 50_633_344],
  ])('%s: is predicted exactly and equals that of the network built narrow', (_, n, innerWidths, parameters, macs) => {
    const graph = readGraph(resNetTopology(n));
    const groups = dependencyGroups(graph);
    const inner = groups.filter(({ id }) => id.endsWith('_conv1'));
    const widths = Object.fromEntries(inner.map(({ id }, block) => [id, innerWidths[block]!]));
    expect(costAfter(graph, groups, widths)).toEqual({ parameters, macs });
    expect(networkCost(readGraph(resNetTopology(n, 'a', innerWidths)))).toMatchObject({ parameters, macs });
  });
});
