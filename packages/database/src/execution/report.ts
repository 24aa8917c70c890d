import { EspalierError, type Device, type LogLine, type MetricPoint, type Progress, type WireError } from '@espalier/core';
import type { Pool, PoolClient } from 'pg';
import { asAttempt, type Attempt } from './attempt.ts';

/** What a stage has to tell while it works. */
export interface StageReport {
  readonly progress?: Progress;
  readonly device?: Device;
  readonly points?: readonly MetricPoint[];
  readonly lines?: readonly LogLine[];
}

/**
 * Writes what a stage told, all of it or nothing. Call it at most twice a second: each call holds the run's row for a moment and wakes everybody
 * who watches the run.
 * @throws EspalierError `STALE_ATTEMPT`; `LOSS_NOT_FINITE` for a point whose value is no finite number, by its name.
 */
export async function reportStage(pool: Pool, attempt: Attempt, report: StageReport): Promise<void> {
  const points = newestPoints(report.points ?? []);
  await asAttempt(pool, attempt, async (client) => {
    if (report.progress !== undefined || report.device !== undefined) await writeState(client, attempt, report);
    if (points.length > 0) await writePoints(client, attempt.runId, points);
    if (report.lines !== undefined && report.lines.length > 0) await writeLines(client, attempt.runId, report.lines);
  });
}

/** Keeps why an attempt failed beside the stage, which may be tried again. */
export async function noteFailure(pool: Pool, attempt: Attempt, error: WireError): Promise<void> {
  await asAttempt(pool, attempt, async (client) => {
    await client.query(`UPDATE "RunStage" SET "error" = $4 WHERE "runId" = $1 AND "name" = $2 AND "round" = $3`, [
      attempt.runId,
      attempt.stage.name,
      attempt.stage.round,
      JSON.stringify(error),
    ]);
    await writeLines(client, attempt.runId, [
      { level: 'warning', text: `Attempt ${attempt.number} failed: ${error.message}`.slice(0, 4000) },
    ]);
  });
}

async function writeState(client: PoolClient, { runId, stage }: Attempt, { progress, device }: StageReport): Promise<void> {
  await client.query(
    `UPDATE "RunStage" SET "progress" = coalesce($4, "progress"), "device" = coalesce($5, "device")
     WHERE "runId" = $1 AND "name" = $2 AND "round" = $3`,
    [runId, stage.name, stage.round, jsonOrNull(progress), jsonOrNull(device)],
  );
}

const jsonOrNull = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));

/** One statement may write a point only once: of several with the same series and step the last one counts. */
function newestPoints(points: readonly MetricPoint[]): MetricPoint[] {
  const newest = new Map<string, MetricPoint>();
  for (const point of points) {
    if (!Number.isFinite(point.value)) {
      throw new EspalierError('LOSS_NOT_FINITE', `${point.series} is ${point.value} at step ${point.step}`, {
        hint: 'Lower the learning rate, or lengthen its warm-up.',
        path: [point.series, point.step],
      });
    }
    newest.set(`${point.series}\n${point.step}`, point);
  }
  return [...newest.values()];
}

/**
 * Points are known by (run, series, step), so a step that is done again overwrites itself. It gets a new sequence number each time: whoever has
 * read up to a number gets every later change by asking for what is above it. Writers of one run come one after the other, by the lock on
 * its row, so within a run the numbers become visible in their order.
 */
async function writePoints(client: PoolClient, runId: string, points: readonly MetricPoint[]): Promise<void> {
  await client.query(
    `INSERT INTO "MetricPoint" ("runId", "series", "step", "value", "seq")
     SELECT $1::uuid, series, step, value, nextval('espalier_seq')
     FROM unnest($2::text[], $3::int[], $4::double precision[]) AS point (series, step, value)
     ON CONFLICT ("runId", "series", "step") DO UPDATE SET "value" = excluded."value", "seq" = excluded."seq"`,
    [runId, points.map(({ series }) => series), points.map(({ step }) => step), points.map(({ value }) => value)],
  );
}

export async function writeLines(client: PoolClient, runId: string, lines: readonly LogLine[]): Promise<void> {
  await client.query(
    `INSERT INTO "RunLine" ("runId", "level", "text", "at", "seq")
     SELECT $1::uuid, level, text, now(), nextval('espalier_seq')
     FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS line (level, text, position) ORDER BY position`,
    // PostgreSQL's text cannot hold a NUL, and a native library may print one.
    [runId, lines.map(({ level }) => level), lines.map(({ text }) => text.replaceAll('\0', '\u{FFFD}'))],
  );
}
