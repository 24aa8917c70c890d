import { EspalierError } from '@espalier/core';
import { GraphQLError, isObjectType, responsePathAsArray, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import type { Context } from './context.ts';

type Resolver = GraphQLFieldResolver<unknown, Context>;

/**
 * Lets every expected error carry the place in the query where it arose. graphql-js does this by itself, but takes an error that has a
 * `path` of its own, as ours do for the input, for one that has been placed already.
 */
export function locateErrors(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.resolve !== undefined) field.resolve = located(field.resolve);
      if (field.subscribe !== undefined) field.subscribe = located(field.subscribe);
    }
  }
  return schema;
}

const located =
  (resolve: Resolver): Resolver =>
  (source, input, context, info) => {
    const place = (error: unknown): never => {
      if (!(error instanceof EspalierError)) throw error;
      throw new GraphQLError(error.message, { nodes: info.fieldNodes, path: responsePathAsArray(info.path), originalError: error });
    };
    try {
      const result: unknown = resolve(source, input, context, info);
      return result instanceof Promise ? result.catch(place) : result;
    } catch (error) {
      return place(error);
    }
  };
