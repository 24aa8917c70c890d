// Makes the first organization and its owner, who can then sign in. Run again, it changes nothing.
import { badInput, EspalierError } from '@espalier/core';
import { openDatabase } from '@espalier/database';
import { z } from 'zod';
import { ensureOwner } from './auth/owner.ts';

const EnvironmentSchema = z.object({
  DATABASE_URL: z.string().min(1),
  ESPALIER_OWNER_EMAIL: z.string().min(1),
  ESPALIER_OWNER_PASSWORD: z.string().min(1),
  ESPALIER_OWNER_NAME: z.string().min(1).default('Owner'),
  ESPALIER_ORGANIZATION: z.string().min(1),
});

async function main(): Promise<void> {
  const parsed = EnvironmentSchema.safeParse(process.env);
  if (!parsed.success) throw badInput('BAD_INPUT', 'the environment', parsed.error);
  const { DATABASE_URL, ESPALIER_OWNER_EMAIL, ESPALIER_OWNER_PASSWORD, ESPALIER_OWNER_NAME, ESPALIER_ORGANIZATION } = parsed.data;
  const database = openDatabase(DATABASE_URL);
  try {
    const { created } = await ensureOwner(database.prisma, {
      email: ESPALIER_OWNER_EMAIL,
      password: ESPALIER_OWNER_PASSWORD,
      name: ESPALIER_OWNER_NAME,
      organization: ESPALIER_ORGANIZATION,
    });
    console.log(`${created ? 'Made' : 'Found'} the owner ${ESPALIER_OWNER_EMAIL} of ${ESPALIER_ORGANIZATION}.`);
  } finally {
    await database.close();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof EspalierError ? `${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}` : error);
  process.exitCode = 1;
});
