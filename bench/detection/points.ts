import { readFile } from 'node:fs/promises';
import { MetricPointSchema, type MetricPoint } from '@espalier/core';
import { z } from 'zod';

const MetricsSchema = z.object({ type: z.literal('metrics'), points: z.array(MetricPointSchema) });

/**
 * The metric points in a file of JSON lines, as a trainer speaks them and `--events` writes them; lines of other kinds are passed over. A point that was told again after a stop
 * replaces the one before.
 */
export async function pointsIn(file: string): Promise<MetricPoint[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  const points = lines.flatMap((line) => MetricsSchema.safeParse(JSON.parse(line)).data?.points ?? []);
  return [...new Map(points.map((point) => [`${point.series} ${point.step}`, point])).values()];
}

export interface Curve {
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

/** The series whose name ends so, such as `loss` for `train/loss`, by step. */
export function curveOf(points: readonly MetricPoint[], name: string): Curve {
  const own = points.filter(({ series }) => series.endsWith(`/${name}`)).sort((a, b) => a.step - b.step);
  return { steps: own.map(({ step }) => step), values: own.map(({ value }) => value) };
}
