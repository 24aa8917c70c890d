import { EspalierError } from '@espalier/core';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { z } from 'zod';

/** The API as any script may use it: a signed-in session over HTTP, subscriptions over a WebSocket. */
export interface ApiClient {
  request<T>(document: string, variables: Record<string, unknown>, schema: z.ZodType<T>): Promise<T>;
  /** Ends when the server completes it; a connection that breaks is made again. */
  subscribe<T>(document: string, variables: Record<string, unknown>, schema: z.ZodType<T>): AsyncIterable<T>;
  close(): Promise<void>;
}

const RECONNECTIONS = 60;
const TokenSchema = z.object({ token: z.string() });
const AnswerSchema = z.object({
  data: z.unknown(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** @throws EspalierError `NOT_SIGNED_IN` when the API refuses the credentials */
export async function signIn(apiUrl: string, origin: string, { email, password }: Credentials, signal?: AbortSignal): Promise<ApiClient> {
  const response = await fetch(`${apiUrl}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ email, password }),
    signal,
  });
  if (!response.ok)
    throw new EspalierError('NOT_SIGNED_IN', `${email} could not sign in: ${response.status} ${await response.text()}`, {
      hint: 'If the password was changed in the portal, sign in there.',
    });
  const body: unknown = await response.json();
  const token = response.headers.get('set-auth-token') ?? TokenSchema.parse(body).token;
  return connect(apiUrl, { authorization: `Bearer ${token}`, origin }, signal);
}

function connect(apiUrl: string, headers: Record<string, string>, signal?: AbortSignal): ApiClient {
  class SignedInWebSocket extends WebSocket {
    constructor(address: string, protocols: string | string[]) {
      super(address, protocols, { headers });
    }
  }
  const socket = createClient({
    url: `${apiUrl.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: SignedInWebSocket,
    connectionParams: headers,
    retryAttempts: RECONNECTIONS,
    shouldRetry: () => signal?.aborted !== true,
  });
  signal?.addEventListener('abort', () => void socket.dispose());
  return {
    async request(document, variables, schema) {
      const response = await fetch(`${apiUrl}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query: document, variables }),
        signal,
      });
      const body: unknown = await response.json();
      return unwrap(body, schema);
    },
    async *subscribe(document, variables, schema) {
      for await (const answer of socket.iterate({ query: document, variables })) yield unwrap(answer, schema);
    },
    close: async () => socket.dispose(),
  };
}

function unwrap<T>(answer: unknown, schema: z.ZodType<T>): T {
  const { data, errors } = AnswerSchema.parse(answer);
  if (errors !== undefined && errors.length > 0)
    throw new EspalierError('UNAVAILABLE', `the API answered: ${errors.map(({ message }) => message).join('; ')}`);
  return schema.parse(data);
}
