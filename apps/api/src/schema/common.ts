import type { Builder } from './builder.ts';

/** Objects that several domains show. */
export function addCommon(builder: Builder): void {
  builder.objectType('PageInfo', {
    fields: (t) => ({
      hasNextPage: t.exposeBoolean('hasNextPage'),
      hasPreviousPage: t.exposeBoolean('hasPreviousPage'),
      startCursor: t.exposeString('startCursor', { nullable: true }),
      endCursor: t.exposeString('endCursor', { nullable: true }),
    }),
  });
  builder.objectType('Problem', {
    fields: (t) => ({
      code: t.exposeString('code'),
      message: t.exposeString('message'),
      hint: t.exposeString('hint', { nullable: true }),
    }),
  });
  builder.objectType('UserError', {
    description: 'Something a caller can mend.',
    fields: (t) => ({
      code: t.exposeString('code'),
      message: t.exposeString('message'),
      hint: t.exposeString('hint', { nullable: true }),
      path: t.exposeStringList('path', { description: 'Where in the input.' }),
    }),
  });
  builder.objectType('Measurement', {
    fields: (t) => ({
      split: t.exposeString('split'),
      examples: t.exposeInt('examples'),
      accuracy: t.exposeFloat('accuracy', { description: 'Top-1, in 0 to 1.' }),
      loss: t.exposeFloat('loss'),
      parameters: t.exposeFloat('parameters'),
      macs: t.exposeFloat('macs'),
      bytes: t.exposeFloat('bytes'),
      latency: t.expose('latency', { type: 'Latency', nullable: true }),
    }),
  });
  builder.objectType('Latency', {
    fields: (t) => ({
      runtime: t.exposeString('runtime'),
      batchSize: t.exposeInt('batchSize'),
      threads: t.exposeInt('threads'),
      samples: t.exposeInt('samples'),
      medianMs: t.exposeFloat('medianMs'),
      lowMs: t.exposeFloat('lowMs'),
      highMs: t.exposeFloat('highMs'),
    }),
  });
}

/** Enum members are upper case in GraphQL and lower case everywhere else. */
export const enumValues = <Value extends string>(values: readonly Value[]) =>
  Object.fromEntries(values.map((value) => [value.toUpperCase(), { value }])) as Record<Uppercase<Value>, { value: Value }>;
