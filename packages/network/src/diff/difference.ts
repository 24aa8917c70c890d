import type { NetworkCost } from '@espalier/core';
import type { Shape } from '../shape.ts';
import type { SettingChange } from './settings.ts';

/** A quantity in both networks; null where the thing itself is not there. */
export interface Change<Value> {
  readonly before: Value | null;
  readonly after: Value | null;
}

export const layerStatuses = ['same', 'changed', 'added', 'removed'] as const;
export type LayerStatus = (typeof layerStatuses)[number];

/** One call of a layer in both networks. */
export interface LayerDifference {
  readonly status: LayerStatus;
  readonly type: string;
  readonly layer: Change<string>;
  readonly outputShape: Change<Shape>;
  /** The length of the output's last axis. */
  readonly width: Change<number>;
  readonly parameters: Change<number>;
  /** Multiply-accumulates for one image. */
  readonly macs: Change<number>;
  /** The settings that differ, other than the name. */
  readonly settings: readonly SettingChange[];
}

export interface GroupDifference {
  readonly group: Change<string>;
  readonly channels: Change<number>;
}

export interface NetworkDifference {
  readonly cost: { readonly before: NetworkCost; readonly after: NetworkCost };
  /** Layers that differ in settings, width or cost, or have no partner; in the order of `comparison`. */
  readonly layers: readonly LayerDifference[];
  /** Groups that differ in width, or have no partner. */
  readonly groups: readonly GroupDifference[];
  readonly sameLayers: number;
  readonly sameGroups: number;
  /** Every layer of either network, in the order of `after`; what was removed stands behind what came before it. */
  readonly comparison: readonly LayerDifference[];
}
