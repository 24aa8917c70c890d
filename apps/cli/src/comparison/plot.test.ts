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
