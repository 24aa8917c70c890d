// Server only.
import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { ViewerDocument, type ViewerQuery } from '#generated/graphql.ts';
import { query } from '#features/api/query.ts';
import { organizationCookie } from './organization-cookie.ts';

export type Viewer = NonNullable<ViewerQuery['viewer']>;
export type Organization = Viewer['memberships'][number]['organization'];

/** Asked once for each page, however many of its parts want to know. */
const askViewer = cache(async () => (await query(ViewerDocument, {})).viewer);

/** Whoever is signed in; anybody else is sent to the sign-in page, and back here afterwards. */
export async function requireViewer(): Promise<Viewer> {
  const viewer = await askViewer();
  if (viewer) return viewer;
  const path = (await headers()).get('x-espalier-path') ?? '/';
  redirect(path === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(path)}`);
}

/** The organization that the viewer looks at: the one chosen last, else the first; null for a member of none. */
export async function currentOrganization(): Promise<Organization | null> {
  const { memberships } = await requireViewer();
  const chosen = (await cookies()).get(organizationCookie)?.value;
  const membership = memberships.find(({ organization }) => organization.id === chosen) ?? memberships[0];
  return membership?.organization ?? null;
}
