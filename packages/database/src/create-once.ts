import { Prisma } from './generated/prisma/client.ts';

/** What became of a creation that carries a key of its own: the row's id, and whether this call made it. */
export interface Created {
  readonly id: string;
  readonly created: boolean;
}

/**
 * Creates a row at most once for its idempotency key, however many callers try at the same moment: the database's unique index decides.
 * @param create makes the row, in a transaction of its own.
 * @param find gives the row of the key, if there is one.
 * @param conflict is called when another unique index refused the row, such as that of the name; it throws what the caller is told.
 */
export async function createOnce(
  create: () => Promise<{ id: string }>,
  find: () => Promise<{ id: string } | null>,
  conflict: (cause: unknown) => never,
): Promise<Created> {
  const known = await find();
  if (known !== null) return { id: known.id, created: false };
  try {
    const { id } = await create();
    return { id, created: true };
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const winner = await find();
    return winner === null ? conflict(error) : { id: winner.id, created: false };
  }
}

const isUniqueViolation = (error: unknown): boolean => error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
