-- A run that succeeded was never cancelled: what it has of cancelled stages it came through without. A migration of its own, for PostgreSQL has no use for a new
-- value of an enumeration in the transaction that adds it.
UPDATE "RunStage" SET "status" = 'skipped'
FROM "Run" WHERE "Run"."id" = "RunStage"."runId" AND "Run"."status" = 'succeeded' AND "RunStage"."status" = 'cancelled';
