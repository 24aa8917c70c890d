import type { RunStateFragment } from '#generated/graphql.ts';
import { formatRelativeChange } from '#features/ui/format.ts';

type LayerWidth = RunStateFragment['widths'][number];

export interface WidthRow {
  layer: string;
  type: string;
  group: string | null;
  before: number;
  after: number;
  /** Lengths of the two bars, as shares of the widest layer. */
  beforeShare: number;
  afterShare: number;
  change: string;
}

/** A pair of bars for each layer, in the network's order; the widest layer fills the row. */
export function prepareWidths(widths: readonly LayerWidth[]): WidthRow[] {
  const widest = Math.max(1, ...widths.map(({ before }) => before));
  return widths.map(({ layer, type, group, before, after }) => ({
    layer,
    type,
    group,
    before,
    after,
    beforeShare: before / widest,
    afterShare: after / widest,
    change: formatRelativeChange(before, after),
  }));
}

/** Channels of all layers together. */
export function totalWidth(widths: readonly LayerWidth[]): { before: number; after: number } {
  const sum = (side: 'before' | 'after') => widths.reduce((total, width) => total + width[side], 0);
  return { before: sum('before'), after: sum('after') };
}
