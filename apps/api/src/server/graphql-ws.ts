import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError, NoSchemaIntrospectionCustomRule, validate, type GraphQLSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { isTrustedOrigin } from '../auth/origins.ts';
import { viewerOf } from '../auth/viewer.ts';
import { createContext, type Services } from '../schema/context.ts';
import { presentError } from '../schema/problems.ts';
import type { Limits } from './limits.ts';

const path = '/graphql';

/**
 * Serves every kind of operation over WebSockets (graphql-transport-ws) on the server that serves HTTP. The session is the cookie of the upgrade
 * request, or `authorization` among the connection's parameters.
 * @returns what stops it.
 */
export function serveGraphqlOverWebSocket(
  server: Server,
  schema: GraphQLSchema,
  services: Services,
  { limits, origins }: { limits: Limits; origins: readonly string[] },
): () => Promise<void> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1_000_000 });
  const { auth, database, log } = services;
  const rules = [...limits.rules, NoSchemaIntrospectionCustomRule];
  const { dispose } = useServer(
    {
      schema,
      validate: (ofSchema, document) => validate(ofSchema, document, rules),
      // For each operation anew: a session may have ended since the socket was opened.
      context: async ({ connectionParams, extra }) => {
        const { headers } = extra.request;
        const authorization = connectionParams?.authorization;
        const named = typeof authorization === 'string' ? { ...headers, authorization } : headers;
        return createContext(services, await viewerOf({ auth, prisma: database.prisma }, named));
      },
      onError: (_context, _id, _payload, errors) => errors.map((error) => presentError(error, log)),
      onNext: (_context, _id, _payload, _arguments, { errors, ...result }) =>
        errors === undefined ? undefined : { ...result, errors: errors.map((error) => presentError(asGraphqlError(error), log)) },
    },
    sockets,
  );

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (new URL(request.url ?? '/', 'http://api').pathname !== path) return refuse(socket, '404 Not Found');
    // A browser sends the cookie along with whatever page opened the socket: only the portal's pages may.
    if (!isTrustedOrigin(origins, request.headers.origin)) return refuse(socket, '403 Forbidden');
    sockets.handleUpgrade(request, socket, head, (webSocket) => sockets.emit('connection', webSocket, request));
  };
  server.on('upgrade', upgrade);
  return async () => {
    server.off('upgrade', upgrade);
    await dispose();
  };
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

const asGraphqlError = (error: unknown): GraphQLError =>
  error instanceof GraphQLError ? error : new GraphQLError(String(error), { originalError: error instanceof Error ? error : undefined });
