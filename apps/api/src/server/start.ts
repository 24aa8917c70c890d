import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EspalierError } from '@espalier/core';
import { toNodeHandler } from 'better-auth/node';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import { trustedOrigins } from '../auth/origins.ts';
import type { Services } from '../schema/context.ts';
import { buildApiSchema } from '../schema/schema.ts';
import { answerProblem, serveDownloads } from './download.ts';
import { serveGraphqlOverHttp } from './graphql-http.ts';
import { serveGraphqlOverWebSocket } from './graphql-ws.ts';
import { createLimits } from './limits.ts';

export interface ServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly portalUrl: string;
}

export interface ApiServer {
  readonly url: string;
  /** Takes no more requests, ends subscriptions, and resolves when the requests in flight are answered. */
  close(): Promise<void>;
}

/**
 * Serves GraphQL by POST and by WebSocket, sign-in and downloads on one port.
 * @throws EspalierError `UNAVAILABLE` when the port is taken.
 */
export async function startServer(services: Services, { host, port, portalUrl }: ServerOptions): Promise<ApiServer> {
  const { auth, database, log } = services;
  const schema = buildApiSchema();
  const limits = createLimits();
  // The portal's server, on the same machine, says whom it speaks for; anybody else is who his connection says.
  const app = express().disable('x-powered-by').set('trust proxy', 'loopback');
  app.get('/healthz', async (_request, response) => {
    await database.pool.query('SELECT 1');
    response.json({ status: 'ok' });
  });
  app.all('/api/auth/*path', asScriptOrBrowser, toNodeHandler(auth));
  serveDownloads(app, services);
  const stopHttp = await serveGraphqlOverHttp(app, schema, services, limits);
  app.use(answerErrors(log));

  const server = createServer(app);
  const stopWebSocket = serveGraphqlOverWebSocket(server, schema, services, { limits, origins: trustedOrigins(portalUrl) });
  await listen(server, { host, port });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      await stopWebSocket();
      await stopHttp();
      server.closeIdleConnections();
      await closed;
    },
  };
}

async function listen(server: ReturnType<typeof createServer>, { host, port }: { host: string; port: number }): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const taken = 'code' in error && error.code === 'EADDRINUSE';
      const hint = 'Set ESPALIER_API_PORT to a free port, or end what uses this one.';
      reject(taken ? new EspalierError('UNAVAILABLE', `the port ${port} on ${host} is taken`, { hint, cause: error }) : error);
    });
    server.listen(port, host, resolve);
  });
}

/**
 * What better-auth reads from the headers. The address is the one that attempts are counted by, and must not be the caller's own word. Node's fetch
 * says `sec-fetch-mode` like a browser but no origin, for which better-auth would refuse a script: what a browser sends from another page always
 * has an origin or a cookie, so without both nobody's session can be abused.
 */
const asScriptOrBrowser: RequestHandler = (request, _response, next) => {
  const { headers, ip } = request;
  headers['x-forwarded-for'] = ip;
  if (headers.cookie === undefined && headers.origin === undefined && headers.referer === undefined) {
    for (const name of Object.keys(headers)) if (name.startsWith('sec-fetch-')) delete headers[name];
  }
  next();
};

/** Expected errors as themselves; of a bug only the id under which it is logged. */
const answerErrors =
  (log: Logger): ErrorRequestHandler =>
  (error, request, response, next) => {
    // The answer has begun: all that is left is to cut it off, so that it is not taken for whole.
    if (response.headersSent) return next(error);
    if (answerProblem(error, response)) return;
    const status = clientStatusOf(error);
    if (status !== null) {
      response.status(status).json({ code: 'BAD_INPUT', message: 'the request cannot be read' });
      return;
    }
    const id = randomUUID();
    log.error({ id, err: error, path: request.path }, 'a request failed');
    response.status(500).json({ code: 'INTERNAL', message: `something went wrong here; it is logged as ${id}`, id });
  };

/** Of what Express says about a body that is too large or no JSON. */
function clientStatusOf(error: unknown): number | null {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}
