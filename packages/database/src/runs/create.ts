import { stagesOf, type Recipe } from '@espalier/core';
import { noteDeed } from '../audit/audit.ts';
import { createOnce, type Created } from '../create-once.ts';
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts';

export interface NewRun {
  readonly organizationId: string;
  readonly actorId: string;
  readonly modelId: string;
  /** The version it starts from; null for fresh weights. */
  readonly inputVersionId: string | null;
  readonly datasetId: string;
  readonly title: string;
  /** Parsed: every default is written out. */
  readonly recipe: Recipe;
  readonly idempotencyKey: string;
}

/** Writes a run and the stages it will go through. Nothing runs yet: starting its workflow is the caller's next step. */
export async function createRun(prisma: PrismaClient, { actorId, recipe, ...run }: NewRun): Promise<Created> {
  const { organizationId, idempotencyKey } = run;
  return createOnce(
    () =>
      prisma.$transaction(async (transaction) => {
        const stages = stagesOf(recipe).map((stage, position) => ({ ...stage, position }));
        const row = await transaction.run.create({
          data: {
            ...run,
            startedById: actorId,
            kind: recipe.kind,
            recipe: recipe as Prisma.InputJsonObject,
            stages: { create: stages },
          },
          select: { id: true },
        });
        await noteDeed(transaction, { organizationId, actorId, action: 'run:start', subjectId: row.id, detail: { title: run.title } });
        return row;
      }),
    () =>
      prisma.run.findUnique({
        where: { organizationId_idempotencyKey: { organizationId, idempotencyKey } },
        select: { id: true },
      }),
    (cause) => {
      throw cause;
    },
  );
}
