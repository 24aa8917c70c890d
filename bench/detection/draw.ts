import type { Curve } from './points.ts';

const size = { width: 760, height: 520, left: 64, right: 24 } as const;
const panels = { precision: { top: 44, height: 200 }, loss: { top: 292, height: 170 } } as const;
/** Told apart also by those who see no red or no green (Okabe and Ito 2008). */
const colours = { first: '#0072b2', second: '#d55e00' } as const;

export interface Phase {
  readonly name: string;
  readonly precision: Curve;
  readonly area: Curve;
  readonly loss: Curve;
}

/** Mean average precision on the validation split above, the loss of training below, over the steps of one phase after the other. An SVG document. */
export function drawTraining(phases: readonly Phase[]): string {
  const lengths = phases.map(({ loss, precision }) => Math.max(...loss.steps, ...precision.steps));
  const starts = lengths.map((_, index) => lengths.slice(0, index).reduce((sum, length) => sum + length, 0));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const plotWidth = size.width - size.left - size.right;
  const x = (step: number): number => size.left + (step / total) * plotWidth;
  const highestLoss = Math.ceil(Math.max(...phases.flatMap(({ loss }) => loss.values)));
  const y = ({ top, height }: { top: number; height: number }, share: number): number => top + (1 - share) * height;
  const line = (
    curve: Curve,
    start: number,
    panel: { top: number; height: number },
    most: number,
    colour: string,
    dashes: string,
  ): string => {
    const points = curve.steps.map((step, index) => `${round(x(start + step))},${round(y(panel, curve.values[index]! / most))}`);
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.6"${dashes}/>`;
  };
  const { precision, loss } = panels;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${size.width}" height="${size.height}" fill="#ffffff"/>`,
    `<text x="${size.left}" y="24" font-size="15" font-weight="600">mean average precision on the validation split</text>`,
    ...grid(precision, [0, 0.2, 0.4, 0.6, 0.8, 1], 1, x(total)),
    `<text x="${size.left}" y="${loss.top - 12}" font-size="15" font-weight="600">loss on training scenes, mean of ten steps</text>`,
    ...grid(loss, [0, highestLoss / 2, highestLoss], highestLoss, x(total)),
    ...phases.flatMap((phase, index) => [
      line(phase.precision, starts[index]!, precision, 1, colours.first, ''),
      line(phase.area, starts[index]!, precision, 1, colours.second, ' stroke-dasharray="5 3"'),
      line(phase.loss, starts[index]!, loss, highestLoss, colours.first, ''),
      `<text x="${round(x(starts[index]! + lengths[index]! / 2))}" y="${size.height - 12}" text-anchor="middle">${phase.name}: ${lengths[index]} steps</text>`,
    ]),
    ...starts
      .slice(1)
      .map(
        (start) =>
          `<line x1="${round(x(start))}" x2="${round(x(start))}" y1="36" y2="${size.height - 30}" stroke="#555" stroke-dasharray="2 4"/>`,
      ),
    ...legend(precision),
    '</svg>',
    '',
  ].join('\n');
}

function grid({ top, height }: { top: number; height: number }, levels: readonly number[], most: number, right: number): string[] {
  return levels.flatMap((level) => {
    const at = round(top + (1 - level / most) * height);
    return [
      `<line x1="${size.left}" x2="${round(right)}" y1="${at}" y2="${at}" stroke="#e3e3e3"/>`,
      `<text x="${size.left - 8}" y="${at + 4}" text-anchor="end">${level}</text>`,
    ];
  });
}

function legend({ top, height }: { top: number; height: number }): string[] {
  const entries = [
    { text: 'VOC 2007, eleven points', colour: colours.first, dashes: '' },
    { text: 'area under the curve', colour: colours.second, dashes: ' stroke-dasharray="5 3"' },
  ];
  return entries.flatMap(({ text, colour, dashes }, index) => {
    const y = top + height - 40 + 20 * index;
    return [
      `<line x1="${size.width - size.right - 190}" x2="${size.width - size.right - 164}" y1="${y - 4}" y2="${y - 4}" stroke="${colour}" stroke-width="1.6"${dashes}/>`,
      `<text x="${size.width - size.right - 158}" y="${y}">${text}</text>`,
    ];
  });
}

const round = (value: number): number => Math.round(value * 10) / 10;
