import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import { EspalierError } from '@espalier/core';
import { json, type Express } from 'express';
import { GraphQLError, NoSchemaIntrospectionCustomRule, validate, type GraphQLSchema } from 'graphql';
import { viewerOf } from '../auth/viewer.ts';
import { createContext, type Context, type Services } from '../schema/context.ts';
import { presentError } from '../schema/problems.ts';
import type { Limits } from './limits.ts';

/** Serves queries and mutations by POST. @returns what stops it. */
export async function serveGraphqlOverHttp(
  app: Express,
  schema: GraphQLSchema,
  services: Services,
  limits: Limits,
): Promise<() => Promise<void>> {
  const apollo = new ApolloServer<Context>({
    schema,
    introspection: true,
    plugins: [...limits.plugins, introspectionForSignedIn],
    validationRules: limits.validationRules,
    parseOptions: { maxTokens: limits.tokens },
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger: services.log,
    formatError: (formatted, error) => (error instanceof GraphQLError ? presentError(error, services.log) : formatted),
  });
  await apollo.start();
  app.use(
    '/graphql',
    json({ limit: '1mb' }),
    expressMiddleware(apollo, {
      context: async ({ req }) =>
        createContext(services, await viewerOf({ auth: services.auth, prisma: services.database.prisma }, req.headers)),
    }),
  );
  return () => apollo.stop();
}

const introspectionForSignedIn: ApolloServerPlugin<Context> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ schema, document, contextValue }) {
        if (contextValue.viewer !== null || validate(schema, document, [NoSchemaIntrospectionCustomRule]).length === 0) return;
        const error = new EspalierError('NOT_SIGNED_IN', 'the schema is shown to those who are signed in', {
          hint: 'Sign in and try again.',
        });
        throw new GraphQLError(error.message, { originalError: error });
      },
    };
  },
};
