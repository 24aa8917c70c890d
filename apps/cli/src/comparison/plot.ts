import { niceTicks } from '@espalier/core';
import type { ComparisonSummary, Row } from './summary.ts';

const size = { width: 776, height: 460, left: 80, right: 190, top: 44, bottom: 56 } as const;
const plotWidth = size.width - size.left - size.right;
const plotHeight = size.height - size.top - size.bottom;
const right = size.left + plotWidth;
/** Told apart also by those who see no red or no green (Okabe and Ito 2008), and by the shape of the marks. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000', '#8c6d31'] as const;
const marks = ['circle', 'square', 'triangle', 'diamond'] as const;

/** Accuracy over the share of MACs that stays, one line a method; whiskers reach from the least to the largest of the seeds. An SVG document. */
export function paretoPlot({ before, rows }: ComparisonSummary, network: string): string {
  const ofNetwork = rows.filter((row) => row.network === network);
  const whole = before.find((one) => one.network === network)!;
  const accuracies = [whole.accuracy, ...ofNetwork.flatMap(({ accuracy }) => [accuracy.least, accuracy.most])];
  const levels = niceTicks(Math.min(...accuracies), Math.max(...accuracies), 6);
  const costs = ofNetwork.map(({ macs }) => macs);
  const shares = niceTicks(Math.min(...costs), Math.max(...costs), 6);
  const x = scale(shares, size.left, size.left + plotWidth);
  const y = scale(levels, size.top + plotHeight, size.top);
  const methods = [...new Set(ofNetwork.map(({ method }) => method))];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${size.width}" height="${size.height}" fill="#ffffff"/>`,
    `<text x="${size.left}" y="24" font-size="15" font-weight="600">${escape(network)}: accuracy against what is left of it</text>`,
    ...axes(levels, shares, x, y),
    `<line x1="${size.left}" x2="${right}" y1="${round(y(whole.accuracy))}" y2="${round(y(whole.accuracy))}" stroke="#555" stroke-dasharray="2 4"/>`,
    `<text x="${size.left + 6}" y="${round(y(whole.accuracy) - 5)}" fill="#555">whole network</text>`,
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

/** From the first to the last of some ticks onto pixels. */
function scale(ticks: readonly number[], from: number, to: number): Scale {
  const [low, high] = [ticks[0]!, ticks.at(-1)!];
  return (value) => from + ((value - low) / (high - low)) * (to - from);
}

function axes(levels: readonly number[], shares: readonly number[], x: Scale, y: Scale): string[] {
  const bottom = size.height - size.bottom;
  const middle = size.top + plotHeight / 2;
  return [
    ...levels.map((level) => `<line x1="${size.left}" x2="${right}" y1="${round(y(level))}" y2="${round(y(level))}" stroke="#e3e3e3"/>`),
    ...levels.map((level) => `<text x="${size.left - 8}" y="${round(y(level) + 4)}" text-anchor="end">${tickText(level)}</text>`),
    ...shares.map((share) => `<text x="${round(x(share))}" y="${bottom + 22}" text-anchor="middle">${tickText(share)}</text>`),
    `<line x1="${size.left}" x2="${right}" y1="${bottom}" y2="${bottom}" stroke="#333"/>`,
    `<text x="${size.left + plotWidth / 2}" y="${size.height - 12}" text-anchor="middle">MACs left</text>`,
    `<text x="14" y="${middle}" text-anchor="middle" transform="rotate(-90 14 ${middle})">test accuracy</text>`,
  ];
}

const tickText = (share: number): string => `${Number((100 * share).toFixed(2))} %`;

function curve(rows: readonly Row[], method: string, index: number, x: Scale, y: Scale): string[] {
  const colour = colours[index % colours.length]!;
  const dashes = index < colours.length ? '' : ' stroke-dasharray="6 3"';
  // One on from each round of colours to the next, so that no two of 32 methods look alike.
  const mark = marks[(index + Math.floor(index / colours.length)) % marks.length]!;
  const points = rows.toSorted((a, b) => a.macs - b.macs);
  const line = points.map(({ macs, accuracy }) => `${round(x(macs))},${round(y(accuracy.mean))}`).join(' ');
  const legendY = size.top + 12 + index * 20;
  const legendX = size.width - size.right + 24;
  return [
    `<polyline points="${line}" fill="none" stroke="${colour}" stroke-width="1.6"${dashes}/>`,
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
