'use client';

import { useApolloClient } from '@apollo/client/react';
import { useState } from 'react';
import { RunsChangedDocument, RunsDocument, type RunsQuery } from '#generated/graphql.ts';
import { useLive, type Connection } from '#features/api/use-live.ts';
import { replaceNewest, upsertRun } from './prepare-list.ts';
import { runsPerPage } from './runs-per-page.ts';

export type RunPage = Extract<NonNullable<RunsQuery['node']>, { __typename: 'Organization' }>['runs'];

/** The runs of an organization, kept up to date, with older ones read on demand. */
export function useRunList(organizationId: string, initial: RunPage) {
  const client = useApolloClient();
  const [runs, setRuns] = useState(() => initial.edges.map(({ node }) => node));
  const [older, setOlder] = useState(initial.pageInfo);
  const [problem, setProblem] = useState<string | null>(null);

  async function readPage(after: string | null): Promise<RunPage | null> {
    try {
      const { data } = await client.query({
        query: RunsDocument,
        variables: { organization: organizationId, first: runsPerPage, after },
      });
      setProblem(null);
      return data?.node?.__typename === 'Organization' ? data.node.runs : null;
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  const connection: Connection = useLive(RunsChangedDocument, {
    key: organizationId,
    variables: () => ({ organization: organizationId }),
    onData: ({ runsChanged }) => setRuns((listed) => upsertRun(listed, runsChanged)),
    // The subscription tells only of changes: what changed while it was lost must be read.
    onReconnect: async () => {
      const page = await readPage(null);
      if (page)
        setRuns((listed) =>
          replaceNewest(
            listed,
            page.edges.map(({ node }) => node),
          ),
        );
    },
  });

  async function readOlder() {
    const page = await readPage(older.endCursor);
    if (!page) return;
    setRuns((listed) => page.edges.reduce((list, { node }) => upsertRun(list, node), [...listed]));
    setOlder(page.pageInfo);
  }

  return { runs, hasOlder: older.hasNextPage, readOlder, connection, problem };
}
