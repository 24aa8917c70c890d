/** The classes of generated scenes: a shape each, whatever its colour, size and turn. `holds` takes coordinates in which the shape fills [−1, 1]². */
export interface Shape {
  readonly name: string;
  holds(u: number, v: number): boolean;
}

/** Whether (u, v) lies inside the regular polygon's side with outward direction `angle`, at `distance` from the centre. */
const insideSide = (u: number, v: number, angle: number, distance: number): boolean =>
  u * Math.cos(angle) + v * Math.sin(angle) <= distance;

const turn = 2 * Math.PI;

/** A star of five points is what at least four of the five sides of its inner pentagon, drawn on as lines, have on their inner side. */
const starSides = Array.from({ length: 5 }, (_, side) => (turn * (side + 0.5)) / 5);
const starDistance = Math.cos((2 * Math.PI) / 5);

export const shapes: readonly Shape[] = [
  { name: 'cross', holds: (u, v) => Math.min(Math.abs(u), Math.abs(v)) <= 0.3 && Math.max(Math.abs(u), Math.abs(v)) <= 0.95 },
  { name: 'disc', holds: (u, v) => u * u + v * v <= 1 },
  { name: 'ring', holds: (u, v) => u * u + v * v <= 1 && u * u + v * v >= 0.3 },
  { name: 'square', holds: (u, v) => Math.max(Math.abs(u), Math.abs(v)) <= 0.78 },
  { name: 'star', holds: (u, v) => starSides.filter((angle) => insideSide(u, v, angle, starDistance)).length >= 4 },
  { name: 'triangle', holds: (u, v) => [0, 1, 2].every((side) => insideSide(u, v, (turn * side) / 3, 0.5)) },
];
