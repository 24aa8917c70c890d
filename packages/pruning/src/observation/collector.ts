import type { Weight } from '@espalier/core';
import type { DependencyGroup, Graph } from '@espalier/network';
import type { LayerStatistic } from './statistics.ts';

/** The maps one layer makes of some pictures: [images, height, width, channels], row-major. */
export interface FeatureMaps {
  readonly shape: readonly [images: number, height: number, width: number, channels: number];
  readonly values: Float32Array;
}

/** The network that is looked at. */
export interface CollectionSubject {
  readonly graph: Graph;
  /** The groups that may be cut. */
  readonly groups: readonly DependencyGroup[];
  /** Throws BAD_NETWORK for a weight that is missing. */
  weightOf(name: string): Weight;
}

/** Where to listen: the output of the layer `tap` counts as that of `layer`, whose kernel makes the channels. */
export interface Tap {
  readonly layer: string;
  readonly tap: string;
}

/**
 * Gathers a method's statistics batch by batch, so that no more than one batch of maps is ever held. Batches may have different sizes; their order
 * changes nothing but the last digits.
 */
export type Collector = MapCollector | GradientCollector;

export interface MapCollector {
  readonly kind: 'feature-maps';
  readonly taps: readonly Tap[];
  /** How many pictures the method wants to see. */
  readonly images: number;
  /** The maps of one layer for one batch, in inference mode. */
  add(layer: string, maps: FeatureMaps): void;
  finish(): ReadonlyMap<string, LayerStatistic>;
}

export interface GradientCollector {
  readonly kind: 'gradients';
  readonly images: number;
  /** The weights whose gradients are wanted. */
  readonly weights: readonly string[];
  /** The gradients of the loss of one batch (a mean over its pictures) by weight, in inference mode. */
  add(gradients: ReadonlyMap<string, Float32Array>): void;
  finish(): ReadonlyMap<string, LayerStatistic>;
}
