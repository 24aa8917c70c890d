import type { Generator } from '@espalier/core';
import { areaOf, intersectionOf, type Box } from '../detection/box.ts';
import type { Size } from '../pictures/view.ts';
import { shapes, type Shape } from './shapes.ts';
import { drawColour, drawTexture, type Colour } from './texture.ts';

export interface SceneObject extends Box {
  readonly name: string;
  /** A part of it lies beyond the picture's edge. */
  readonly truncated: boolean;
  /** Less than half of it can be seen. */
  readonly difficult: boolean;
}

/** A picture with `pixels` [height, width, 3] and tight boxes, in whole pixels, around what can be seen of each object. */
export interface Scene extends Size {
  readonly pixels: Uint8Array;
  readonly objects: readonly SceneObject[];
}

const sides = { least: 200, most: 320 } as const;
const mostObjects = 5;
/** Of the picture's shorter side. */
const radii = { least: 0.07, most: 0.28 } as const;
/** Of the smaller of two objects' squares; more would hide one behind the other. */
const mostOverlap = 0.2;
const attempts = 20;
const plainlyVisible = 0.5;

interface Placed {
  readonly shape: Shape;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly angle: number;
  readonly colour: Colour;
}

/** One to five shapes on a texture, a few of them cut off by the edge or half hidden. The generator decides everything. */
export function drawScene(generator: Generator): Scene {
  const side = (): number => sides.least + generator.integer(sides.most - sides.least + 1);
  const size = { height: side(), width: side() };
  const pixels = drawTexture(size, generator);
  const placed: Placed[] = [];
  const wanted = 1 + generator.integer(mostObjects);
  for (let attempt = 0; attempt < attempts && placed.length < wanted; attempt++) {
    const candidate = drawObject(size, pixels, generator);
    if (placed.every((other) => overlap(candidate, other) <= mostOverlap)) placed.push(candidate);
  }
  // Whose pixel it is: the latest painted one's. 0 is the ground.
  const owners = new Uint8Array(size.height * size.width);
  const areas = placed.map((object, index) => paint(object, index + 1, size, pixels, owners));
  const objects = placed.flatMap(({ shape }, index) => visiblePart(shape.name, index + 1, areas[index]!, size, owners));
  return { ...size, pixels, objects };
}

function drawObject({ height, width }: Size, pixels: Uint8Array, generator: Generator): Placed {
  const shape = shapes[generator.integer(shapes.length)]!;
  const radius = Math.min(height, width) * (radii.least + (radii.most - radii.least) * generator.uniform());
  const [x, y] = [generator.integer(width), generator.integer(height)];
  const at = (y * width + x) * 3;
  const ground: Colour = [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!];
  let colour = drawColour(generator);
  // A shape in the colour of its ground could not be found by anybody.
  while (colour.reduce((sum, value, channel) => sum + Math.abs(value - ground[channel as 0 | 1 | 2]), 0) < 200)
    colour = drawColour(generator);
  return { shape, x, y, radius, angle: 2 * Math.PI * generator.uniform(), colour };
}

const squareOf = ({ x, y, radius }: Placed): Box => ({ left: x - radius, right: x + radius, top: y - radius, bottom: y + radius });

const overlap = (a: Placed, b: Placed): number =>
  areaOf(intersectionOf(squareOf(a), squareOf(b))) / Math.min(areaOf(squareOf(a)), areaOf(squareOf(b)));

/** Paints one object, a little darker towards one side. @returns how many pixels it has, also those beyond the edges. */
function paint(
  { shape, x, y, radius, angle, colour }: Placed,
  owner: number,
  { height, width }: Size,
  pixels: Uint8Array,
  owners: Uint8Array,
): number {
  const [cosine, sine] = [Math.cos(angle) / radius, Math.sin(angle) / radius];
  let area = 0;
  for (let row = Math.floor(y - radius); row <= y + radius; row++) {
    for (let column = Math.floor(x - radius); column <= x + radius; column++) {
      const [right, down] = [column + 0.5 - x, row + 0.5 - y];
      const u = cosine * right + sine * down;
      const v = cosine * down - sine * right;
      if (!shape.holds(u, v)) continue;
      area++;
      if (row < 0 || column < 0 || row >= height || column >= width) continue;
      const place = row * width + column;
      owners[place] = owner;
      for (let channel = 0; channel < 3; channel++)
        pixels[place * 3 + channel] = Math.round(colour[channel as 0 | 1 | 2] * (0.9 + 0.1 * v));
    }
  }
  return area;
}

/** What can be seen of an object; nothing where that is nothing. */
function visiblePart(name: string, owner: number, area: number, { height, width }: Size, owners: Uint8Array): SceneObject[] {
  let [left, top, right, bottom] = [width, height, 0, 0];
  let seen = 0;
  owners.forEach((value, place) => {
    if (value !== owner) return;
    const column = place % width;
    const row = (place - column) / width;
    seen++;
    left = Math.min(left, column);
    right = Math.max(right, column + 1);
    top = Math.min(top, row);
    bottom = Math.max(bottom, row + 1);
  });
  if (seen === 0) return [];
  const truncated = left === 0 || top === 0 || right === width || bottom === height;
  return [{ name, left, top, right, bottom, truncated, difficult: seen < plainlyVisible * area }];
}
