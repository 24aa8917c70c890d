import type { MetricPoint } from '@espalier/core';
import type { Pool } from 'pg';
import type { Cursor } from './cursor.ts';

export interface Series {
  readonly name: string;
  /** In order of step. */
  readonly points: readonly { readonly step: number; readonly value: number }[];
}

export interface Line {
  readonly seq: Cursor;
  readonly at: Date;
  readonly level: string;
  readonly text: string;
}

/** What happened to a run between two places in it. */
export interface Happened {
  readonly points: readonly MetricPoint[];
  readonly lines: readonly Line[];
  /** The place after it. */
  readonly cursor: Cursor;
}

/** A run's curves as they were at `upTo`: a point that was written anew since then belongs to what comes after it. Of all series when `names` is null. */
export async function readSeries(
  pool: Pool,
  { runId, names, upTo }: { runId: string; names: readonly string[] | null; upTo: Cursor },
): Promise<Series[]> {
  const { rows } = await pool.query<{ name: string; steps: number[]; values: number[] }>(
    `SELECT "series" AS name, array_agg("step" ORDER BY "step") AS steps, array_agg("value" ORDER BY "step") AS values
     FROM "MetricPoint" WHERE "runId" = $1 AND "seq" <= $2 AND ($3::text[] IS NULL OR "series" = ANY ($3))
     GROUP BY "series" ORDER BY "series"`,
    [runId, upTo.toString(), names],
  );
  return rows.map(({ name, steps, values }) => ({ name, points: steps.map((step, index) => ({ step, value: values[index] ?? 0 })) }));
}

/** The last lines of a run's log up to `upTo`, oldest first. */
export async function readLog(pool: Pool, { runId, last, upTo }: { runId: string; last: number; upTo: Cursor }): Promise<Line[]> {
  const { rows } = await pool.query<LineRow>(
    `SELECT * FROM (
       SELECT "seq", "at", "level", "text" FROM "RunLine" WHERE "runId" = $1 AND "seq" <= $2 ORDER BY "seq" DESC LIMIT $3
     ) AS newest ORDER BY "seq"`,
    [runId, upTo.toString(), last],
  );
  return rows.map(asLine);
}

/**
 * Everything that was written to a run after `after`, in one snapshot: a point written between two reads would fall behind the cursor of the second.
 */
export async function readAfter(pool: Pool, runId: string, after: Cursor): Promise<Happened> {
  const { rows } = await pool.query<PointRow | (LineRow & { series: null })>(
    `SELECT "seq", "series", "step", "value", NULL AS "at", NULL AS "level", NULL AS "text"
     FROM "MetricPoint" WHERE "runId" = $1 AND "seq" > $2
     UNION ALL
     SELECT "seq", NULL, NULL, NULL, "at", "level", "text" FROM "RunLine" WHERE "runId" = $1 AND "seq" > $2
     ORDER BY "seq"`,
    [runId, after.toString()],
  );
  const points: MetricPoint[] = [];
  const lines: Line[] = [];
  for (const row of rows) {
    if (row.series === null) lines.push(asLine(row));
    else points.push({ series: row.series, step: row.step, value: row.value });
  }
  const newest = rows.at(-1);
  return { points, lines, cursor: newest === undefined ? after : BigInt(newest.seq) };
}

interface PointRow {
  seq: string;
  series: string;
  step: number;
  value: number;
}
interface LineRow {
  seq: string;
  at: Date;
  level: string;
  text: string;
}
const asLine = ({ seq, at, level, text }: LineRow): Line => ({ seq: BigInt(seq), at, level, text });
