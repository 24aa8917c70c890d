import type { Pool } from 'pg';

/**
 * Ids of everything that a version, run or dataset was made from and that was made from it, up to `depth` steps each way, with the number of the
 * step on which each was first met (0 for the thing itself).
 *
 * A walk keeps one row for each (thing, direction, step): `UNION` drops what is met again on the same step. So a cycle, which only damaged
 * rows could form, ends with the depth, and the number of paths, which doubles with every version that shares a dataset with its parent, does not matter.
 * SQL's own CYCLE clause would tell those paths apart and visit each.
 */
export async function walkLineage(
  pool: Pool,
  { organizationId, id, depth }: { organizationId: string; id: string; depth: number },
): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ id: string; step: number }>(walkSql, [organizationId, id, depth]);
  return new Map(rows.map((row) => [row.id, row.step]));
}

const walkSql = `
  WITH RECURSIVE walk ("id", direction, step) AS (
    SELECT $2::uuid, direction, 0 FROM (VALUES ('origins'), ('descendants')) AS start (direction)
    UNION
    SELECT next."id", walk.direction, walk.step + 1
    FROM walk CROSS JOIN LATERAL (
      SELECT run."inputVersionId" AS "id" FROM "Run" run
      WHERE walk.direction = 'origins' AND run."id" = walk."id" AND run."organizationId" = $1 AND run."inputVersionId" IS NOT NULL
      UNION ALL
      SELECT run."datasetId" FROM "Run" run
      WHERE walk.direction = 'origins' AND run."id" = walk."id" AND run."organizationId" = $1
      UNION ALL
      SELECT run."id" FROM "ModelVersion" version JOIN "Run" run ON run."id" = version."runId"
      WHERE walk.direction = 'origins' AND version."id" = walk."id" AND run."organizationId" = $1
      UNION ALL
      SELECT run."id" FROM "Run" run
      WHERE walk.direction = 'descendants' AND run."inputVersionId" = walk."id" AND run."organizationId" = $1
      UNION ALL
      SELECT run."id" FROM "Run" run
      WHERE walk.direction = 'descendants' AND run."datasetId" = walk."id" AND run."organizationId" = $1
      UNION ALL
      SELECT version."id" FROM "ModelVersion" version JOIN "Run" run ON run."id" = version."runId"
      WHERE walk.direction = 'descendants' AND run."id" = walk."id" AND run."organizationId" = $1
    ) AS next
    WHERE walk.step < $3
  )
  SELECT "id", min(step)::int AS step FROM walk GROUP BY "id"`;
