'use client';

import { useApolloClient } from '@apollo/client/react';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { OperationVariables } from '@apollo/client';
import { useEffect, useEffectEvent, useState } from 'react';

export type Connection = 'connecting' | 'live' | 'lost' | 'ended';

const firstRetryMs = 500;
const longestRetryMs = 10_000;

interface LiveOptions<Data, Variables extends OperationVariables> {
  /** Asked anew for each connection, so that it can carry the newest cursor. */
  variables: () => Variables;
  onData: (data: Data) => void;
  /** Called when a connection was lost and is tried again: what has no cursor must be read again. */
  onReconnect?: () => void;
  /** False when there is nothing more to come. */
  active?: boolean;
  /** Another key begins another subscription. */
  key: string;
}

/** Keeps one subscription alive for as long as the component is on the page, through lost networks and restarted servers. */
export function useLive<Data, Variables extends OperationVariables>(
  document: TypedDocumentNode<Data, Variables>,
  { variables, onData, onReconnect, active = true, key }: LiveOptions<Data, Variables>,
): Connection {
  const client = useApolloClient();
  const [connection, setConnection] = useState<Connection>('connecting');
  const readVariables = useEffectEvent(variables);
  const receive = useEffectEvent(onData);
  const reconnected = useEffectEvent(() => onReconnect?.());

  useEffect(() => {
    if (!active) {
      setConnection('ended');
      return;
    }
    let closed = false;
    let retryMs = firstRetryMs;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let subscription: { unsubscribe: () => void } | undefined;

    const retry = () => {
      if (closed) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        reconnected();
        connect();
      }, retryMs);
      retryMs = Math.min(retryMs * 2, longestRetryMs);
    };
    const lost = () => {
      if (!closed) setConnection('lost');
      retry();
    };
    const connect = () => {
      subscription?.unsubscribe();
      setConnection('connecting');
      subscription = client.subscribe({ query: document, variables: readVariables(), fetchPolicy: 'no-cache' }).subscribe({
        next: ({ data, error }) => {
          if (error || !data) return lost();
          retryMs = firstRetryMs;
          setConnection('live');
          receive(data);
        },
        error: lost,
        // The server has said all there is, or is going down in good order.
        complete: retry,
      });
    };
    connect();
    return () => {
      closed = true;
      clearTimeout(timer);
      subscription?.unsubscribe();
    };
  }, [client, document, active, key]);

  return connection;
}
