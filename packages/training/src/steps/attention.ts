import { EspalierError, type DistillationSettings, type NetworkData } from '@espalier/core';
import { readGraph, type GraphNode } from '@espalier/network';
import { tf } from '@espalier/tensor';

/** So many sizes, the smallest ones, are looked at where a recipe does not name layers: the stages of the papers' networks. */
const comparedSizes = 3;
/** Keeps a map of nothing but zeros at zero. */
const epsilon = 1e-12;

/**
 * The layers at which teacher and student are compared. Where the recipe names none: of the last sizes [height, width] through which the network goes,
 * larger than one pixel, the last layer at each.
 * @throws EspalierError BAD_RECIPE for a layer that one of the networks does not have, or whose maps have another size in the other.
 */
export function attentionPoints({ attention }: DistillationSettings, teacher: NetworkData, student: NetworkData): string[] {
  if (attention === undefined) return [];
  const [ofTeacher, ofStudent] = [mapLayers(teacher), mapLayers(student)];
  const names = attention.layers ?? lastAtEachSize(ofStudent).filter((name) => sizeOf(ofTeacher.get(name)) === sizeOf(ofStudent.get(name)));
  for (const name of names) {
    const [theirs, ours] = [ofTeacher.get(name), ofStudent.get(name)];
    if (theirs !== undefined && ours !== undefined && sizeOf(theirs) === sizeOf(ours)) continue;
    const missing = theirs === undefined ? 'the teacher has no feature map' : 'the student has no feature map';
    throw new EspalierError(
      'BAD_RECIPE',
      theirs !== undefined && ours !== undefined
        ? `attention layer ${name}: its maps are ${sizeOf(theirs)} in the teacher and ${sizeOf(ours)} in the student`
        : `attention layer ${name}: ${missing} of that name`,
      { hint: 'Name layers that both networks have, or leave the layers out.', path: ['distillation', 'attention', 'layers'] },
    );
  }
  if (names.length === 0)
    throw new EspalierError('BAD_RECIPE', 'the two networks have no layer of one name and size whose maps could be compared', {
      hint: 'Name the layers, or distil without attention transfer.',
      path: ['distillation', 'attention'],
    });
  return names;
}

function mapLayers({ topology }: NetworkData): Map<string, GraphNode> {
  const maps = readGraph(topology).nodes.filter(
    ({ outputShape, call, type }) => outputShape.length === 3 && call === 0 && type !== 'InputLayer',
  );
  return new Map(maps.map((node) => [node.layer, node]));
}

const sizeOf = (node: GraphNode | undefined): string => (node === undefined ? 'none' : `${node.outputShape[0]} × ${node.outputShape[1]}`);

/** They make a size of their own that is no stage of the network. */
const framing: ReadonlySet<string> = new Set(['ZeroPadding2D', 'Cropping2D']);

function lastAtEachSize(layers: ReadonlyMap<string, GraphNode>): string[] {
  const last = new Map<string, string>();
  for (const [name, node] of layers) {
    if (framing.has(node.type)) continue;
    if (node.outputShape[0] === 1 && node.outputShape[1] === 1) continue;
    last.delete(sizeOf(node));
    last.set(sizeOf(node), name);
  }
  return [...last.values()].slice(-comparedSizes);
}

/**
 * Q = a / ‖a‖₂ of each picture with a the mean of the squared maps over the channels, flattened (Zagoruyko and Komodakis 2017, eq. 2).
 * [batch, height, width, channels] → [batch, height · width]
 */
export function attentionMap(maps: tf.Tensor): tf.Tensor2D {
  return tf.tidy(() => {
    const [batch, height, width] = maps.shape as [number, number, number, number];
    const energy = tf.reshape(tf.mean(tf.square(maps), 3), [batch, height * width]);
    const norm = tf.sqrt(tf.add(tf.sum(tf.square(energy), 1, true), epsilon ** 2));
    return tf.div(energy, norm) as tf.Tensor2D;
  });
}

/** Σ over the layers of mean((Qˢ − Qᵗ)²), the mean over pictures and places. */
export function attentionLoss(student: readonly tf.Tensor2D[], teacher: readonly tf.Tensor2D[]): tf.Scalar {
  return tf.tidy(() => tf.addN(student.map((map, index) => tf.mean(tf.squaredDifference(map, teacher[index]!)))) as tf.Scalar);
}
