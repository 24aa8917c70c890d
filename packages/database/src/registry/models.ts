import { EspalierError } from '@espalier/core';
import { noteDeed } from '../audit/audit.ts';
import { createOnce, type Created } from '../create-once.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';

export interface NewModel {
  readonly organizationId: string;
  readonly actorId: string;
  readonly name: string;
  readonly architecture: string;
  /** Height, width, channels. */
  readonly inputShape: readonly number[];
  readonly classes: number;
  readonly idempotencyKey: string;
}

/** @throws EspalierError `CONFLICT` when the organization has another model of that name. */
export async function registerModel(prisma: PrismaClient, { actorId, ...model }: NewModel): Promise<Created> {
  const { organizationId, idempotencyKey, name } = model;
  return createOnce(
    () =>
      prisma.$transaction(async (transaction) => {
        const row = await transaction.model.create({ data: { ...model, inputShape: [...model.inputShape] }, select: { id: true } });
        await noteDeed(transaction, { organizationId, actorId, action: 'model:register', subjectId: row.id, detail: { name } });
        return row;
      }),
    () =>
      prisma.model.findUnique({
        where: { organizationId_idempotencyKey: { organizationId, idempotencyKey } },
        select: { id: true },
      }),
    (cause) => {
      throw new EspalierError('CONFLICT', `there is a model named "${name}" already`, {
        hint: 'Choose another name.',
        path: ['name'],
        cause,
      });
    },
  );
}
