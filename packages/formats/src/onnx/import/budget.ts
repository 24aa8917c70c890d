import { EspalierError } from '@espalier/core';

/**
 * Limits what a small file can make large: shapes are only claims, and a graph of a few kilobytes may ask for tensors of any size. Numbers
 * that the import makes (folded constants, spread scales, selections) are counted; those that the file itself holds are not.
 */
export class Budget {
  #left: number;

  constructor(fileBytes: number) {
    this.#left = 2 ** 23 + fileBytes;
  }

  /** Call before making `count` numbers. */
  spend(count: number, what: string): void {
    this.#left -= count;
    if (!(this.#left >= 0))
      throw new EspalierError('BAD_NETWORK', `${what} asks for more numbers than a network for pictures needs`, {
        hint: 'Export the network again; its shapes are beyond all measure.',
        path: ['onnx', what],
      });
  }
}
