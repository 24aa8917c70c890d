import { expect, it } from 'vitest';
import { paretoPlot } from './plot.ts';
import type { Row } from './summary.ts';

it('gives every method of the catalogue a look of its own', () => {
  const methods = Array.from({ length: 16 }, (_, index) => `method ${index}`);
  const accuracy = { mean: 0.9, least: 0.89, most: 0.91 };
  const rows = methods.map((method) => ({ network: 'n', method, macs: 0.5, accuracy }) as Row);
  const plot = paretoPlot({ before: [{ network: 'n', accuracy: 0.95, macs: 1, parameters: 1 }], rows, worth: [] }, 'n');
  // The mark of each in the legend stands in front of its name.
  const looks = methods.map((method) => {
    const [, tag, colour] = new RegExp(`<(\\w+) [^<]*fill="([^"]+)"/>\\n<text[^>]*>${method}</text>`).exec(plot)!;
    const corners = new RegExp(`(L[^"]*)?" fill="[^"]+"/>\\n<text[^>]*>${method}</text>`).exec(plot)![1]?.split('L').length ?? 0;
    return `${tag} ${corners} ${colour}`;
  });
  expect(new Set(looks).size).toBe(methods.length);
});

it('spends its space on what was measured, and says where its axes begin', () => {
  const row = (macs: number, mean: number) =>
    ({ network: 'n', method: 'm', macs, accuracy: { mean, least: mean - 0.001, most: mean } }) as Row;
  const before = [{ network: 'n', accuracy: 0.989, macs: 1, parameters: 1 }];
  const plot = paretoPlot({ before, rows: [row(0.27, 0.976), row(0.7, 0.987)], worth: [] }, 'n');
  const labels = [...plot.matchAll(/<text[^>]*>([\d.]+) %<\/text>/g)].map(([, label]) => Number(label));
  expect(labels).toEqual([97.5, 98, 98.5, 99, 20, 30, 40, 50, 60, 70]);
  const heights = [...plot.matchAll(/<circle cx="[\d.]+" cy="([\d.]+)" r="4"/g)].map(([, height]) => Number(height));
  // 97.6 % and 98.7 % of an axis from 404 (97.5 %) up to 44 (99 %).
  expect(heights.slice(0, 2)).toEqual([380, 116]);
});
