import { EspalierError, type DatasetFormat } from '@espalier/core';
import { noteDeed } from '../audit/audit.ts';
import { createOnce, type Created } from '../create-once.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';

export interface NewDataset {
  readonly organizationId: string;
  readonly actorId: string;
  readonly name: string;
  readonly format: DatasetFormat;
  /** A folder that the workers see. */
  readonly path: string;
  readonly idempotencyKey: string;
}

/**
 * Writes down a dataset that waits for its inspection.
 * @throws EspalierError `CONFLICT` when the organization has another dataset of that name.
 */
export async function registerDataset(prisma: PrismaClient, { actorId, ...dataset }: NewDataset): Promise<Created> {
  const { organizationId, idempotencyKey, name } = dataset;
  return createOnce(
    () =>
      prisma.$transaction(async (transaction) => {
        const row = await transaction.dataset.create({ data: dataset, select: { id: true } });
        await noteDeed(transaction, { organizationId, actorId, action: 'dataset:register', subjectId: row.id, detail: { name } });
        return row;
      }),
    () =>
      prisma.dataset.findUnique({
        where: { organizationId_idempotencyKey: { organizationId, idempotencyKey } },
        select: { id: true },
      }),
    (cause) => {
      throw new EspalierError('CONFLICT', `there is a dataset named "${name}" already`, {
        hint: 'Choose another name.',
        path: ['name'],
        cause,
      });
    },
  );
}
