import { EspalierError } from '@espalier/core';
import { pageSize, type PageArguments, type PageInfo } from './connection.ts';

/** A page of a list that never changes: a cursor is a place in it. */
export interface ListPage<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: PageInfo;
  readonly totalCount: number;
}

/** @throws EspalierError `BAD_INPUT` for a page that is too large and for a cursor that no such list gave. */
export function listPage<Node>(list: readonly Node[], { first, after }: PageArguments): ListPage<Node> {
  const size = pageSize(first);
  const start = after === null || after === undefined ? 0 : placeOf(after) + 1;
  const edges = list.slice(start, start + size).map((node, index) => ({ cursor: cursorOf(start + index), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: start + edges.length < list.length,
      hasPreviousPage: start > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: list.length,
  };
}

const cursorOf = (place: number): string => Buffer.from(`place ${place}`).toString('base64url');

function placeOf(cursor: string): number {
  const place = /^place (\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8'))?.[1];
  if (place !== undefined) return Number(place);
  throw new EspalierError('BAD_INPUT', `"${cursor}" is not a cursor`, {
    hint: 'Pass the `endCursor` of an earlier page.',
    path: ['after'],
  });
}
