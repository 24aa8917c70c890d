import { describe, expect, it } from 'vitest';
import { resNetTopology } from '../../test/networks.ts';
import { readGraph } from '../graph.ts';
import { networkCost } from './cost.ts';

describe('the cost of a network', () => {
  it.each([
    ['ResNet-20-A', 3, 'a', 269_722, 1_376, 40_551_040],
    ['ResNet-32-A', 5, 'a', 464_154, 2_272, 68_862_592],
    ['ResNet-44-A', 7, 'a', 658_586, 3_168, 97_174_144],
    ['ResNet-56-A', 9, 'a', 853_018, 4_064, 125_485_696],
    ['ResNet-110-A', 18, 'a', 1_727_962, 8_096, 252_887_680],
    ['ResNet-20-B', 3, 'b', 272_474, 1_568, 40_813_184],
    ['ResNet-56-B', 9, 'b', 855_770, 4_256, 125_747_840],
    ['ResNet-110-B', 18, 'b', 1_730_714, 8_288, 253_149_824],
  ] as const)('[C1] of %s is the published one, to the unit', (_, n, shortcut, parameters, normalisationParameters, macs) => {
    expect(networkCost(readGraph(resNetTopology(n, shortcut)))).toMatchObject({ parameters, normalisationParameters, macs, cost: macs });
  });

  it.each([
    ['hrank', 3, 40_551_050, 268_346],
    ['hrank', 9, 125_485_706, 848_954],
    ['hrank', 18, 252_887_690, 1_719_866],
    ['ptflops', 3, 41_120_394, 269_722],
    ['ptflops', 9, 127_087_242, 853_018],
    ['ptflops', 18, 256_037_514, 1_727_962],
    ['old-thop', 9, 127_619_712, 853_018],
  ] as const)('[C2] in the convention %s of a ResNet with n = %i is %i', (convention, n, cost, parameters) => {
    expect(networkCost(readGraph(resNetTopology(n)), convention)).toMatchObject({ cost, parameters });
  });
});
