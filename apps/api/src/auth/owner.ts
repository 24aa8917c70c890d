import { EspalierError } from '@espalier/core';
import type { PrismaClient } from '@espalier/database';
import { hashPassword } from 'better-auth/crypto';
import { z } from 'zod';
import { badInput } from '@espalier/core';

export const OwnerSchema = z.object({
  email: z.email().transform((email) => email.toLowerCase()),
  password: z.string().min(8, 'needs at least 8 characters').max(128),
  name: z.string().trim().min(1).max(200),
  organization: z.string().trim().min(1).max(200),
});
export type Owner = z.input<typeof OwnerSchema>;

export interface FirstOrganization {
  readonly organizationId: string;
  readonly userId: string;
  /** Whether this call made the account; an account that was there keeps its password. */
  readonly created: boolean;
}

/**
 * Makes an organization and the account that owns it, where they are not there yet; a second call changes nothing.
 * @throws EspalierError `BAD_INPUT`.
 */
export async function ensureOwner(prisma: PrismaClient, given: Owner): Promise<FirstOrganization> {
  const parsed = OwnerSchema.safeParse(given);
  if (!parsed.success) throw badInput('BAD_INPUT', 'the owner', parsed.error);
  const { email, password, name, organization } = parsed.data;
  const slug = slugOf(organization);
  const hash = await hashPassword(password);
  return prisma.$transaction(async (transaction) => {
    // Two starts at the same moment take turns.
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('espalier first owner'))`;
    const known = await transaction.user.findUnique({ where: { email }, select: { id: true } });
    const { id: userId } =
      known ??
      (await transaction.user.create({
        data: { email, name, emailVerified: true },
        select: { id: true },
      }));
    if (known === null) await transaction.account.create({ data: { userId, accountId: userId, providerId: 'credential', password: hash } });
    const { id: organizationId } = await transaction.organization.upsert({
      where: { slug },
      create: { name: organization, slug },
      update: {},
      select: { id: true },
    });
    await transaction.member.upsert({
      where: { organizationId_userId: { organizationId, userId } },
      create: { organizationId, userId, role: 'owner' },
      update: {},
    });
    return { organizationId, userId, created: known === null };
  });
}

function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  if (slug !== '') return slug;
  throw new EspalierError('BAD_INPUT', `the organization's name "${name}" has no letter or digit of the Latin alphabet`, {
    hint: 'Its address is made from these; add one.',
    path: ['organization'],
  });
}
