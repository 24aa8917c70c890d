import { EspalierError, type ComparedLayers, type DistillationSettings, type NetworkData } from '@espalier/core';
import { readGraph, type GraphNode } from '@espalier/network';

/** A place at which the maps of student and teacher are compared. */
export interface Point {
  readonly student: string;
  readonly teacher: string;
  /** Of both networks' maps there. */
  readonly height: number;
  readonly width: number;
  readonly studentChannels: number;
  readonly teacherChannels: number;
}

type Comparison = 'attention' | 'hints';
const called: Readonly<Record<Comparison, string>> = { attention: 'attention layer', hints: 'hint layer' };

/** So many sizes, the smallest ones, are looked at where a recipe does not name layers: the stages of the papers' networks. */
const comparedSizes = 3;

/**
 * Where attention is compared. Where the recipe names no layers: of the last sizes [height, width] through which both networks go, larger than one
 * pixel, the last layer of each at each of them.
 * @throws EspalierError BAD_RECIPE for a layer that one of the networks does not have, or whose maps have another size in the other.
 */
export function attentionPoints({ attention }: DistillationSettings, teacher: NetworkData, student: NetworkData): Point[] {
  if (attention === undefined) return [];
  return pointsAt('attention', attention.layers, teacher, student);
}

/** Where hints are given, likewise; where the recipe names no layers, at the middle one of those sizes alone, as in the paper. */
export function hintPoints({ hints }: DistillationSettings, teacher: NetworkData, student: NetworkData): Point[] {
  if (hints === undefined) return [];
  const points = pointsAt('hints', hints.layers, teacher, student);
  return hints.layers === undefined ? [points[(points.length - 1) >> 1]!] : points;
}

function pointsAt(comparison: Comparison, layers: ComparedLayers | undefined, teacher: NetworkData, student: NetworkData): Point[] {
  const [ofTeacher, ofStudent] = [mapLayers(teacher), mapLayers(student)];
  const pairs = layers?.map((layer) => (typeof layer === 'string' ? { student: layer, teacher: layer } : layer));
  const points = (pairs ?? lastAtEachSize(ofTeacher, ofStudent)).map((pair) => pointAt(comparison, pair, ofTeacher, ofStudent));
  if (points.length > 0) return points;
  throw new EspalierError('BAD_RECIPE', 'the two networks have no maps of one size that could be compared', {
    hint: `Name the layers, or distil without ${comparison === 'attention' ? 'attention transfer' : 'hints'}.`,
    path: ['distillation', comparison],
  });
}

type MapLayers = ReadonlyMap<string, GraphNode>;

function pointAt(
  comparison: Comparison,
  { student, teacher }: { readonly student: string; readonly teacher: string },
  ofTeacher: MapLayers,
  ofStudent: MapLayers,
): Point {
  const name = student === teacher ? student : `${student} of the student and ${teacher} of the teacher`;
  const refuse = (fault: string) =>
    new EspalierError('BAD_RECIPE', `${called[comparison]} ${name}: ${fault}`, {
      hint: 'Name layers whose maps have one height and width, `{ student, teacher }` where their names differ, or leave the layers out.',
      path: ['distillation', comparison, 'layers'],
    });
  const [theirs, ours] = [ofTeacher.get(teacher), ofStudent.get(student)];
  if (theirs === undefined) throw refuse('the teacher has no feature map of that name');
  if (ours === undefined) throw refuse('the student has no feature map of that name');
  if (sizeOf(theirs) !== sizeOf(ours)) throw refuse(`its maps are ${sizeOf(theirs)} in the teacher and ${sizeOf(ours)} in the student`);
  const [height, width, studentChannels] = ours.outputShape as [number, number, number];
  return { student, teacher, height, width, studentChannels, teacherChannels: theirs.outputShape[2]! };
}

function mapLayers({ topology }: NetworkData): MapLayers {
  const maps = readGraph(topology).nodes.filter(
    ({ outputShape, call, type }) => outputShape.length === 3 && call === 0 && type !== 'InputLayer',
  );
  return new Map(maps.map((node) => [node.layer, node]));
}

const sizeOf = ({ outputShape: [height, width] }: GraphNode): string => `${height} × ${width}`;

/** They make a size of their own that is no stage of the network. */
const framing: ReadonlySet<string> = new Set(['ZeroPadding2D', 'Cropping2D']);

function lastAtEachSize(ofTeacher: MapLayers, ofStudent: MapLayers): { student: string; teacher: string }[] {
  const [theirs, ours] = [lastLayers(ofTeacher), lastLayers(ofStudent)];
  const pairs = [...ours].flatMap(([size, student]) => {
    const teacher = theirs.get(size);
    return teacher === undefined ? [] : [{ student, teacher }];
  });
  return pairs.slice(-comparedSizes);
}

/** The last layer at each size, in the order in which the network comes to these layers. */
function lastLayers(layers: MapLayers): Map<string, string> {
  const last = new Map<string, string>();
  for (const [name, node] of layers) {
    const [height, width] = node.outputShape;
    if (framing.has(node.type) || (height === 1 && width === 1)) continue;
    last.delete(sizeOf(node));
    last.set(sizeOf(node), name);
  }
  return last;
}
