interface Place {
  x: number;
  y: number;
}

/** An SVG path from the first point to the last that rounds the corners between them: it touches the middle of each inner stretch. */
export function smoothPath(points: readonly Place[]): string {
  const [first, ...rest] = points;
  const last = rest.pop();
  if (!first || !last) return '';
  const at = ({ x, y }: Place) => `${round(x)},${round(y)}`;
  const corners = rest.map((corner, index) => {
    const next = rest[index + 1];
    const until = next ? { x: (corner.x + next.x) / 2, y: (corner.y + next.y) / 2 } : last;
    return `Q${at(corner)} ${at(until)}`;
  });
  return [`M${at(first)}`, ...(corners.length > 0 ? corners : [`L${at(last)}`])].join(' ');
}

const round = (value: number): number => Math.round(value * 10) / 10;
