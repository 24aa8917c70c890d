import type { Topology } from '@espalier/core';
import { detectionHeads, type DetectionHeads } from '../heads.ts';
import { priorBoxes, type PriorBoxes } from '../priors.ts';
import type { Detection } from './average-precision.ts';
import { detect } from './detect.ts';

/** Reads a detector's outputs: which of them is what, and relative to which boxes, is found in its graph. */
export class Detector {
  readonly heads: DetectionHeads;
  readonly #priors: PriorBoxes;

  /** @throws EspalierError `BAD_INPUT` for a network that is no detector of SSD's kind. */
  constructor(topology: Topology) {
    this.heads = detectionHeads(topology);
    this.#priors = priorBoxes(this.heads.maps);
  }

  /**
   * @param outputs the network's, in its order, each with the batch in front. @param example the picture's place in the batch.
   * @returns null where the network gives numbers that are not finite.
   */
  detections(outputs: readonly Float32Array[], example: number): Detection[] | null {
    const { classOutput, offsetOutput, classCount, priorCount } = this.heads;
    const rowsOf = (output: number, width: number): Float32Array =>
      outputs[output]!.subarray(example * priorCount * width, (example + 1) * priorCount * width);
    const [logits, offsets] = [rowsOf(classOutput, classCount), rowsOf(offsetOutput, 4)];
    return logits.every(Number.isFinite) && offsets.every(Number.isFinite) ? detect(logits, offsets, this.#priors) : null;
  }
}
