// Server only.
import { notFound } from 'next/navigation';
import { NodeKindDocument, type NodeKindQuery } from '#generated/graphql.ts';
import { ApiError, query } from '#features/api/query.ts';
import { requireViewer } from './viewer.ts';

type NodeKind = NonNullable<NodeKindQuery['node']>['__typename'];

/**
 * Answers 404 unless the id names something of this kind that the viewer may see. Called by layouts, which are drawn before any loading
 * state is sent: after that the status can no longer be changed.
 */
export async function requireNode(id: string, kind: NodeKind): Promise<void> {
  await requireViewer();
  const found = await kindOf(id);
  if (found !== kind) notFound();
}

async function kindOf(id: string): Promise<NodeKind | undefined> {
  try {
    const { node } = await query(NodeKindDocument, { id });
    return node?.__typename;
  } catch (error) {
    // An address typed by hand need not even have the form of an id.
    if (error instanceof ApiError && refusals.has(error.code)) return undefined;
    throw error;
  }
}

const refusals: ReadonlySet<string> = new Set(['NOT_FOUND', 'FORBIDDEN', 'BAD_INPUT', 'BAD_USER_INPUT']);

export interface IdParams {
  params: Promise<{ id: string }>;
}

/** The id as the API wrote it: Next leaves the percent signs of an address in place. */
export const idOf = async ({ params }: IdParams): Promise<string> => decodeId((await params).id);

function decodeId(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) notFound();
    throw error;
  }
}
