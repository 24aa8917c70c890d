import {
  assertNever,
  LayerWidthSchema,
  MeasurementSchema,
  type JobResult,
  type LayerWidth,
  type Measurement,
  type Recipe,
  type Target,
} from '@espalier/core';
import { z } from 'zod';

/** What a run has found so far; a run's row keeps it as JSON. Everything is absent until it is measured. */
export const RunResultSchema = z.object({
  before: MeasurementSchema.optional(),
  afterPruning: MeasurementSchema.optional(),
  after: MeasurementSchema.optional(),
  widths: z.array(LayerWidthSchema).default([]),
  target: z
    .object({ measure: z.enum(['macs', 'parameters', 'channels', 'latency']), askedRatio: z.number(), reachedRatio: z.number() })
    .optional(),
});
export type RunResult = z.infer<typeof RunResultSchema>;

/** A run's result with what one more stage found. Stages whose findings concern only themselves leave it as it is. */
export function withFindings(known: RunResult, recipe: Recipe, found: JobResult): RunResult {
  switch (found.kind) {
    case 'prune':
      return { ...known, afterPruning: found.measurement, widths: joinWidths(known.widths, found.widths) };
    case 'evaluate': {
      const { before, after } = found.measurements;
      const measured = { ...known, before: before ?? known.before, after: after ?? known.after };
      if (recipe.kind !== 'compression' || before === undefined || after === undefined) return measured;
      const { measure, reductionRatio } = recipe.target;
      const reachedRatio = reachedOf(measure, before, after, known.widths);
      return reachedRatio === null ? measured : { ...measured, target: { measure, askedRatio: reductionRatio, reachedRatio } };
    }
    default:
      return known;
  }
}

/** The share that is gone; null where it was not measured. */
function reachedOf(measure: Target['measure'], before: Measurement, after: Measurement, widths: readonly LayerWidth[]): number | null {
  switch (measure) {
    case 'macs':
    case 'parameters':
      return 1 - after[measure] / before[measure];
    case 'latency':
      return before.latency === undefined || after.latency === undefined ? null : 1 - after.latency.medianMs / before.latency.medianMs;
    case 'channels': {
      // One layer for each group: members of a group have the same share of it.
      const groups = new Map(widths.filter(({ group }) => group !== null).map((width) => [width.group, width]));
      const sum = (side: 'before' | 'after'): number => [...groups.values()].reduce((total, width) => total + width[side], 0);
      return groups.size === 0 ? null : 1 - sum('after') / sum('before');
    }
    default:
      return assertNever(measure);
  }
}

/** The widths over several rounds: `before` is what the first round met, `after` what the last one left. */
function joinWidths(known: readonly LayerWidth[], newer: readonly LayerWidth[]): LayerWidth[] {
  const first = new Map(known.map((width) => [width.layer, width.before]));
  return newer.map((width) => ({ ...width, before: first.get(width.layer) ?? width.before }));
}
