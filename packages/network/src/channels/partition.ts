import type { ChannelClasses } from './classes.ts';
import { countsOf } from './counts.ts';
import type { Labels } from '../layers/kind.ts';

/**
 * Puts classes together that occur in the same tensors equally often and share their lock: cutting one of them costs exactly what cutting
 * another costs. Returns the block of each class, numbered by first occurrence. (Refinement as in Paige and Tarjan 1987: each tensor splits the blocks
 * it touches by how often a class occurs in it.)
 */
export function partitionClasses({ ofOutput, locks }: ChannelClasses): Int32Array {
  const blockOf = new Int32Array(locks.length);
  let blockCount = 1;
  const lockBlocks = new Map<string | null, number>([[null, 0]]);
  locks.forEach((reason, index) => {
    if (!lockBlocks.has(reason)) lockBlocks.set(reason, blockCount++);
    blockOf[index] = lockBlocks.get(reason)!;
  });

  const occurrences = new Int32Array(locks.length);
  for (const labels of new Set(ofOutput)) {
    const touched = countOccurrences(labels, occurrences);
    blockCount = splitBlocks(touched, occurrences, blockOf, blockCount, labels.length + 1);
  }
  return numberedByOccurrence(ofOutput, blockOf);
}

/** Counts how often each class occurs among the labels, and returns those that do. */
function countOccurrences(labels: Labels, occurrences: Int32Array): number[] {
  const touched: number[] = [];
  for (let place = 0; place < labels.length; place++) {
    const label = labels[place]!;
    if (occurrences[label] === 0) touched.push(label);
    occurrences[label]! += 1;
  }
  return touched;
}

/** Gives the classes of a block that occur equally often a block of their own, sets `occurrences` back to zero, and returns the new number of blocks. */
function splitBlocks(
  touched: readonly number[],
  occurrences: Int32Array,
  blockOf: Int32Array,
  blockCount: number,
  moreThanOccurrences: number,
): number {
  const blocks = new Map<number, number>();
  let [lastSplit, lastBlock] = [-1, -1];
  for (let index = 0; index < touched.length; index++) {
    const label = touched[index]!;
    const split = blockOf[label]! * moreThanOccurrences + occurrences[label]!;
    if (split !== lastSplit) {
      lastSplit = split;
      lastBlock = blocks.get(split) ?? blockCount + blocks.size;
      blocks.set(split, lastBlock);
    }
    blockOf[label] = lastBlock;
    occurrences[label] = 0;
  }
  return blockCount + blocks.size;
}

/** One tensor in which the channels of a block occur, by its position among all tensors, and how often each of them does. */
interface Occurrence {
  readonly tensor: number;
  readonly times: number;
}

/**
 * The same blocks, numbered by where they occur: first comes what occurs in an earlier tensor, or there more often. Unlike the places of its channels this
 * survives cutting, so that a group keeps its number, and its name, whichever channels are kept.
 */
function numberedByOccurrence(ofOutput: ChannelClasses['ofOutput'], blockOf: Int32Array): Int32Array {
  const sizes = countsOf(blockOf);
  const occurrences = new Map<number, Occurrence[]>(Array.from(sizes.keys(), (block) => [block, []]));
  let tensor = 0;
  for (const labels of new Set(ofOutput)) {
    for (const [block, count] of countsOf(labels, blockOf)) occurrences.get(block)!.push({ tensor, times: count / sizes.get(block)! });
    tensor += 1;
  }
  const blocks = [...occurrences].sort(([, a], [, b]) => compareOccurrences(a, b));
  const numbers = new Map(blocks.map(([block], number) => [block, number]));
  return blockOf.map((block) => numbers.get(block)!);
}

function compareOccurrences(a: readonly Occurrence[], b: readonly Occurrence[]): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const [left, right] = [a[index]!, b[index]!];
    if (left.tensor !== right.tensor) return left.tensor - right.tensor;
    if (left.times !== right.times) return right.times - left.times;
  }
  return b.length - a.length;
}
