import { LayerWidthSchema, MeasurementSchema, reachedRatio, type JobResult, type LayerWidth, type Recipe } from '@espalier/core';
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
      const reached = reachedRatio(measure, before, after, channelsOfGroups(known.widths));
      return reached === null ? measured : { ...measured, target: { measure, askedRatio: reductionRatio, reachedRatio: reached } };
    }
    default:
      return known;
  }
}

/** Of one layer for each group: members of a group have the same share of it. */
function channelsOfGroups(widths: readonly LayerWidth[]): { before: number; after: number } {
  const groups = new Map(widths.filter(({ group }) => group !== null).map((width) => [width.group, width]));
  const sum = (side: 'before' | 'after'): number => [...groups.values()].reduce((total, width) => total + width[side], 0);
  return { before: sum('before'), after: sum('after') };
}

/** The widths over several rounds: `before` is what the first round met, `after` what the last one left. */
function joinWidths(known: readonly LayerWidth[], newer: readonly LayerWidth[]): LayerWidth[] {
  const first = new Map(known.map((width) => [width.layer, width.before]));
  return newer.map((width) => ({ ...width, before: first.get(width.layer) ?? width.before }));
}
