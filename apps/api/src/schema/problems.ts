import { randomUUID } from 'node:crypto';
import { EspalierError } from '@espalier/core';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import type { UserErrorShape } from './shapes.ts';

/**
 * What a client is told of an error that ended a field: an expected one in full, of a bug only the id under which it is logged. Errors of
 * the request itself (syntax, validation, limits) are GraphQL's own and stay as they are.
 */
export function presentError(error: GraphQLError, log: Logger): GraphQLFormattedError {
  const { message, locations, path, extensions } = error;
  const place = { ...(locations && { locations }), ...(path && { path }) };
  const cause = rootOf(error);
  if (cause instanceof EspalierError) {
    const details = { code: cause.code, ...(cause.hint !== undefined && { hint: cause.hint }), input: cause.path };
    return { message: cause.message, ...place, extensions: details };
  }
  if (cause === undefined || cause instanceof GraphQLError) {
    const { code = 'BAD_INPUT' } = extensions;
    return { message, ...place, extensions: { code } };
  }
  const id = randomUUID();
  log.error({ id, err: cause, path }, 'a resolver failed');
  return { message: `something went wrong here; it is logged as ${id}`, ...place, extensions: { code: 'INTERNAL', id } };
}

function rootOf(error: GraphQLError): unknown {
  let cause: unknown = error.originalError;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

/** What a mutation tells of errors that its caller can mend. */
export function userErrorsOf(error: unknown): UserErrorShape[] {
  const faults: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  return faults.map((fault) => {
    if (!(fault instanceof EspalierError) || fault.code === 'INTERNAL') throw error;
    const { code, message, hint, path } = fault;
    return { code, message, hint: hint ?? null, path: path.map(String) };
  });
}
