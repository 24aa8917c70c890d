'use client';

import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { ApolloProvider } from '@apollo/client/react';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import { type ReactNode, useState } from 'react';
import { webSocketAddress, type LiveEndpoint } from './web-socket-address.ts';

const pingEveryMs = 10_000;
const pongWithinMs = 5_000;

/** Gives the pages below one Apollo Client: queries and mutations through the portal, subscriptions straight to the API. */
export function ApiProvider({ endpoint, children }: { endpoint: LiveEndpoint; children: ReactNode }) {
  const [client] = useState(() => createApolloClient(endpoint));
  return <ApolloProvider client={client}>{children}</ApolloProvider>;
}

function createApolloClient(endpoint: LiveEndpoint): ApolloClient {
  const http = new HttpLink({ uri: '/graphql', credentials: 'same-origin' });
  return new ApolloClient({
    cache: new InMemoryCache(),
    link: typeof window === 'undefined' ? http : ApolloLink.split(isSubscription, liveLink(endpoint), http),
    // Pages hold what they show in their own state, which subscriptions bring up to date: a second copy could only be older.
    defaultOptions: { query: { fetchPolicy: 'no-cache' }, mutate: { fetchPolicy: 'no-cache' } },
  });
}

const isSubscription = ({ operationType }: { operationType: OperationTypeNode }) => operationType === OperationTypeNode.SUBSCRIPTION;

function liveLink(endpoint: LiveEndpoint): GraphQLWsLink {
  let pongTimer: ReturnType<typeof setTimeout> | undefined;
  const socket = createClient({
    url: webSocketAddress(endpoint, window.location),
    // Whoever subscribes also reconnects, because only it knows the newest cursor.
    retryAttempts: 0,
    keepAlive: pingEveryMs,
    on: {
      // A sleeping laptop or a lost network closes no socket: an unanswered ping does.
      ping: (received) => {
        if (!received) pongTimer = setTimeout(() => socket.terminate(), pongWithinMs);
      },
      pong: (received) => {
        if (received) clearTimeout(pongTimer);
      },
      closed: () => clearTimeout(pongTimer),
    },
  });
  return new GraphQLWsLink(socket);
}
