import type { IncomingHttpHeaders } from 'node:http';
import type { PrismaClient } from '@espalier/database';
import { isRole, may, type Action, type Role } from '@espalier/policy';
import { EspalierError } from '@espalier/core';
import { fromNodeHeaders } from 'better-auth/node';
import type { Auth } from './auth.ts';

/** Who is asking, and as what in which organization. */
export interface Viewer {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly memberships: ReadonlyMap<string, Role>;
}

/** The signed-in user of a request, by cookie or bearer token; null for a stranger. */
export async function viewerOf(
  { auth, prisma }: { auth: Auth; prisma: PrismaClient },
  headers: IncomingHttpHeaders,
): Promise<Viewer | null> {
  if (headers.cookie === undefined && headers.authorization === undefined) return null;
  const session = await auth.api.getSession({ headers: fromNodeHeaders(headers) });
  if (session === null) return null;
  const { id: userId, name, email } = session.user;
  const members = await prisma.member.findMany({ where: { userId }, select: { organizationId: true, role: true } });
  const memberships = new Map(members.flatMap(({ organizationId, role }) => (isRole(role) ? [[organizationId, role] as const] : [])));
  return { userId, name, email, memberships };
}

/** @throws EspalierError `NOT_SIGNED_IN`. */
export function signedIn(viewer: Viewer | null): Viewer {
  if (viewer !== null) return viewer;
  throw new EspalierError('NOT_SIGNED_IN', 'nobody is signed in', { hint: 'Sign in and try again.' });
}

/**
 * Asks the policy whether the viewer may do something in an organization.
 * @throws EspalierError `NOT_SIGNED_IN`; `NOT_FOUND` outside the viewer's organizations, as if there were no such thing; `FORBIDDEN`
 * for a member whose role does not reach.
 */
export function demand(viewer: Viewer | null, action: Action, { organizationId, what, path = [] }: Demanded): Viewer {
  const someone = signedIn(viewer);
  const role = someone.memberships.get(organizationId) ?? null;
  if (role === null) throw notFound(what, path);
  if (!may(role, action)) {
    throw new EspalierError('FORBIDDEN', `as ${role} of this organization you may not do this`, {
      hint: 'Ask an owner or admin of the organization.',
      path,
    });
  }
  return someone;
}

export interface Demanded {
  readonly organizationId: string;
  /** What it is called in the answer to someone for whom it is not there. */
  readonly what: string;
  /** Where it is named in the input. */
  readonly path?: readonly string[];
}

/** The same answer for what is not there and for what belongs to somebody else. */
export const notFound = (what: string, path: readonly string[] = []): EspalierError =>
  new EspalierError('NOT_FOUND', `there is no such ${what}`, { path });

/** The organizations in which the viewer may do something: the filter of every read. */
export const organizationsWhere = (viewer: Viewer | null, action: Action): string[] =>
  viewer === null ? [] : [...viewer.memberships].filter(([, role]) => may(role, action)).map(([organizationId]) => organizationId);
