import type { ChannelClasses } from './classes.ts';

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
    const touched: number[] = [];
    for (const label of labels) {
      if (occurrences[label] === 0) touched.push(label);
      occurrences[label]! += 1;
    }
    const splits = new Map<number, number>();
    for (const label of touched) {
      const split = blockOf[label]! * (labels.length + 1) + occurrences[label]!;
      if (!splits.has(split)) splits.set(split, blockCount++);
      blockOf[label] = splits.get(split)!;
      occurrences[label] = 0;
    }
  }
  return compact(blockOf);
}

function compact(blockOf: Int32Array): Int32Array {
  const numbers = new Map<number, number>();
  return blockOf.map((block) => {
    if (!numbers.has(block)) numbers.set(block, numbers.size);
    return numbers.get(block)!;
  });
}
