import type { ComparisonSummary, Row } from './summary.ts';

const size = { width: 760, height: 460, left: 64, right: 190, top: 44, bottom: 56 } as const;
const plotWidth = size.width - size.left - size.right;
const plotHeight = size.height - size.top - size.bottom;
/** Told apart also by those who see no red or no green (Okabe and Ito 2008), and by the shape of the marks. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000', '#8c6d31'] as const;
const marks = ['circle', 'square', 'triangle', 'diamond'] as const;

/** Accuracy over the share of MACs that stays, one line a method; whiskers reach from the least to the largest of the seeds. An SVG document. */
export function paretoPlot({ before, rows }: ComparisonSummary, network: string): string {
  const ofNetwork = rows.filter((row) => row.network === network);
  const whole = before.find((one) => one.network === network)!;
  const lowest = Math.min(whole.accuracy, ...ofNetwork.map(({ accuracy }) => accuracy.least));
  const floor = Math.max(0, Math.floor(lowest * 20 - 0.2) / 20);
  const x = (share: number): number => size.left + share * plotWidth;
  const y = (accuracy: number): number => size.top + (1 - (accuracy - floor) / (1 - floor)) * plotHeight;
  const methods = [...new Set(ofNetwork.map(({ method }) => method))];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${size.width}" height="${size.height}" fill="#ffffff"/>`,
    `<text x="${size.left}" y="24" font-size="15" font-weight="600">${escape(network)}: accuracy against what is left of it</text>`,
    ...axes(x, y, floor),
    `<line x1="${x(0)}" x2="${x(1)}" y1="${round(y(whole.accuracy))}" y2="${round(y(whole.accuracy))}" stroke="#555" stroke-dasharray="2 4"/>`,
    `<text x="${x(0) + 6}" y="${round(y(whole.accuracy) - 5)}" fill="#555">whole network</text>`,
    ...methods.flatMap((method, index) =>
      curve(
        ofNetwork.filter((row) => row.method === method),
        method,
        index,
        x,
        y,
      ),
    ),
    '</svg>',
    '',
  ].join('\n');
}

type Scale = (value: number) => number;

function axes(x: Scale, y: Scale, floor: number): string[] {
  const step = (1 - floor) / 5;
  const levels = Array.from({ length: 6 }, (_, index) => floor + index * step);
  const shares = [0, 0.2, 0.4, 0.6, 0.8, 1];
  return [
    ...levels.map((level) => `<line x1="${x(0)}" x2="${x(1)}" y1="${round(y(level))}" y2="${round(y(level))}" stroke="#e3e3e3"/>`),
    ...levels.map((level) => `<text x="${x(0) - 8}" y="${round(y(level) + 4)}" text-anchor="end">${(100 * level).toFixed(0)} %</text>`),
    ...shares.map(
      (share) => `<text x="${round(x(share))}" y="${size.height - 34}" text-anchor="middle">${Math.round(100 * share)} %</text>`,
    ),
    `<line x1="${x(0)}" x2="${x(1)}" y1="${size.height - size.bottom}" y2="${size.height - size.bottom}" stroke="#333"/>`,
    `<text x="${round(x(0.5))}" y="${size.height - 12}" text-anchor="middle">MACs left</text>`,
    `<text x="18" y="${round(y((1 + floor) / 2))}" text-anchor="middle" transform="rotate(-90 18 ${round(y((1 + floor) / 2))})">test accuracy</text>`,
  ];
}

function curve(rows: readonly Row[], method: string, index: number, x: Scale, y: Scale): string[] {
  const colour = colours[index % colours.length]!;
  // One on from each round of colours to the next, so that no two of 32 methods look alike.
  const mark = marks[(index + Math.floor(index / colours.length)) % marks.length]!;
  const points = rows.toSorted((a, b) => a.macs - b.macs);
  const line = points.map(({ macs, accuracy }) => `${round(x(macs))},${round(y(accuracy.mean))}`).join(' ');
  const legendY = size.top + 12 + index * 20;
  const legendX = size.width - size.right + 24;
  return [
    `<polyline points="${line}" fill="none" stroke="${colour}" stroke-width="1.6"/>`,
    ...points.map(
      ({ macs, accuracy }) =>
        `<line x1="${round(x(macs))}" x2="${round(x(macs))}" y1="${round(y(accuracy.least))}" y2="${round(y(accuracy.most))}" stroke="${colour}"/>`,
    ),
    ...points.map(({ macs, accuracy }) => markAt(mark, x(macs), y(accuracy.mean), colour)),
    markAt(mark, legendX, legendY - 4, colour),
    `<text x="${legendX + 12}" y="${legendY}">${escape(method)}</text>`,
  ];
}

function markAt(mark: (typeof marks)[number], x: number, y: number, colour: string): string {
  const [cx, cy] = [round(x), round(y)];
  if (mark === 'circle') return `<circle cx="${cx}" cy="${cy}" r="4" fill="${colour}"/>`;
  if (mark === 'square') return `<rect x="${round(x - 3.5)}" y="${round(y - 3.5)}" width="7" height="7" fill="${colour}"/>`;
  if (mark === 'triangle')
    return `<path d="M${cx} ${round(y - 5)} L${round(x + 4.5)} ${round(y + 3.5)} L${round(x - 4.5)} ${round(y + 3.5)} Z" fill="${colour}"/>`;
  return `<path d="M${cx} ${round(y - 5)} L${round(x + 5)} ${cy} L${cx} ${round(y + 5)} L${round(x - 5)} ${cy} Z" fill="${colour}"/>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
