import type { Topology } from '@espalier/core';

/** [height, width, channels] of one image. */
export type ImageShape = readonly [height: number, width: number, channels: number];

export interface ArchitectureRequest {
  readonly inputShape: ImageShape;
  readonly classes: number;
  /** Scales every width; only for architectures that say `scalable`. */
  readonly widthMultiplier?: number;
}

/** An architecture of the literature under the name by which users ask for it. */
export interface ZooEntry {
  readonly name: string;
  readonly title: string;
  readonly paper: string;
  readonly task: 'classification' | 'detection';
  /** The input and classes of the paper. */
  readonly inputShape: ImageShape;
  readonly classes: number;
  /** The least height and width that leave something to convolve in the last stage. */
  readonly smallestSide: number;
  /** Whether `inputShape`'s height and width are the only ones that it can take. */
  readonly fixedSide?: boolean;
  readonly scalable?: boolean;
  build(request: ArchitectureRequest): Topology;
}
