import type { Prisma } from '../generated/prisma/client.ts';

export interface Deed {
  readonly organizationId: string;
  readonly actorId: string | null;
  /** An action of packages/policy, such as `run:start`. */
  readonly action: string;
  readonly subjectId: string;
  readonly detail?: Prisma.InputJsonObject;
}

/** Notes who did what, in the transaction that does it. */
export async function noteDeed(transaction: Prisma.TransactionClient, deed: Deed): Promise<void> {
  await transaction.auditEntry.create({ data: deed });
}
