// Server only.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { headers } from 'next/headers';
import { environment } from './environment.ts';

/** The API refused a query, or could not be reached (`UNAVAILABLE`). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

interface GraphQlAnswer<Data> {
  data?: Data | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** Asks the API in the name of whoever is looking at the page: their cookie goes along. */
export async function query<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Data> {
  const incoming = await headers();
  let response: Response;
  try {
    response = await fetch(new URL('/graphql', environment().apiUrl), {
      method: 'POST',
      cache: 'no-store',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        cookie: incoming.get('cookie') ?? '',
        'x-forwarded-for': incoming.get('x-forwarded-for') ?? '',
      },
      body: JSON.stringify({ query: print(document), variables }),
    });
  } catch (cause) {
    throw new ApiError('UNAVAILABLE', 'The API does not answer.', { cause });
  }
  const answer = await readJson<GraphQlAnswer<Data>>(response);
  const [first] = answer.errors ?? [];
  if (first) throw new ApiError(first.extensions?.code ?? 'INTERNAL', first.message);
  if (!answer.data) throw new ApiError('INTERNAL', `The API answered ${response.status} without data.`);
  return answer.data;
}

async function readJson<Body>(response: Response): Promise<Body> {
  try {
    return (await response.json()) as Body;
  } catch (cause) {
    throw new ApiError('UNAVAILABLE', `The API answered ${response.status} with something that is not JSON.`, { cause });
  }
}
