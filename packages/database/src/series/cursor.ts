import { EspalierError } from '@espalier/core';
import type { Pool } from 'pg';

/**
 * A place in everything that happened to a run: the sequence number of the newest point or line that was seen. Opaque to clients.
 */
export type Cursor = bigint;

export const beginning: Cursor = 0n;

export const encodeCursor = (cursor: Cursor): string => cursor.toString(36);

/** @throws EspalierError `BAD_INPUT`. */
export function decodeCursor(text: string): Cursor {
  if (!/^[0-9a-z]{1,12}$/.test(text)) {
    throw new EspalierError('BAD_INPUT', `"${text}" is not a cursor`, {
      hint: 'Pass the `cursor` of a run or of an earlier update.',
      path: ['after'],
    });
  }
  return [...text].reduce((value, digit) => value * 36n + BigInt(Number.parseInt(digit, 36)), 0n);
}

/** Where each of several runs stands now. */
export async function cursorsOf(pool: Pool, runIds: readonly string[]): Promise<Map<string, Cursor>> {
  const { rows } = await pool.query<{ id: string; cursor: string }>(
    `SELECT wanted."id", greatest(
       coalesce((SELECT max("seq") FROM "MetricPoint" WHERE "runId" = wanted."id"), 0),
       coalesce((SELECT max("seq") FROM "RunLine" WHERE "runId" = wanted."id"), 0)
     )::text AS cursor
     FROM unnest($1::uuid[]) AS wanted ("id")`,
    [runIds],
  );
  return new Map(rows.map(({ id, cursor }) => [id, BigInt(cursor)]));
}
