import { EspalierError } from '@espalier/core';

/** The largest page; who asks for more is told so instead of getting less than he asked for. */
export const largestPage = 100;

export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

/** What every row of a connection must carry: newest first, and by id among those of one millisecond. */
export interface KeysetRow {
  readonly id: string;
  readonly createdAt: Date;
}

export interface Edge {
  readonly cursor: string;
  readonly row: KeysetRow;
}

export interface Page {
  readonly edges: readonly Edge[];
  readonly pageInfo: PageInfo;
  /** Asked only when it is selected: it counts the whole list. */
  readonly totalCount: () => Promise<number>;
}

export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** The part of a Prisma query that picks a page: one row more than asked for tells whether there is another page. */
export interface KeysetQuery {
  readonly where: { OR?: [{ createdAt: { lt: Date } }, { createdAt: Date; id: { lt: string } }] };
  readonly orderBy: [{ createdAt: 'desc' }, { id: 'desc' }];
  readonly take: number;
}

/** @throws EspalierError `BAD_INPUT` for a page that is too large. */
export function pageSize(first: number | null | undefined): number {
  const size = first ?? 50;
  if (size < 1 || size > largestPage) {
    throw new EspalierError('BAD_INPUT', `first: ${size} is not between 1 and ${largestPage}`, {
      hint: 'Ask for one page after the other, by `after`.',
      path: ['first'],
    });
  }
  return size;
}

/** @throws EspalierError `BAD_INPUT` for a page that is too large and for a cursor that no connection gave. */
export function keysetQuery({ first, after }: PageArguments): KeysetQuery {
  const size = pageSize(first);
  const order = { orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] as [{ createdAt: 'desc' }, { id: 'desc' }], take: size + 1 };
  if (after === null || after === undefined) return { where: {}, ...order };
  const { createdAt, id } = decodePlace(after);
  return { where: { OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: id } }] }, ...order };
}

export function pageOf(
  rows: readonly KeysetRow[],
  { take }: KeysetQuery,
  { after }: PageArguments,
  totalCount: () => Promise<number>,
): Page {
  const edges = rows.slice(0, take - 1).map((row) => ({ cursor: encodePlace(row), row }));
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length >= take,
      hasPreviousPage: after !== null && after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount,
  };
}

const encodePlace = ({ createdAt, id }: KeysetRow): string => Buffer.from(`${createdAt.getTime()} ${id}`).toString('base64url');

function decodePlace(cursor: string): KeysetRow {
  const place = /^(\d{1,15}) ([0-9a-f-]{36})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (place?.[1] === undefined || place[2] === undefined) {
    throw new EspalierError('BAD_INPUT', `"${cursor}" is not a cursor`, {
      hint: 'Pass the `endCursor` of an earlier page.',
      path: ['after'],
    });
  }
  return { createdAt: new Date(Number(place[1])), id: place[2] };
}
