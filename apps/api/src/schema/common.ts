import type { Builder } from './builder.ts';
import { addMeasurements } from './measurements.ts';

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
  addMeasurements(builder);
}

/** Enum members are upper case in GraphQL and lower case everywhere else. */
export const enumValues = <Value extends string>(values: readonly Value[]) =>
  Object.fromEntries(values.map((value) => [value.toUpperCase(), { value }])) as Record<Uppercase<Value>, { value: Value }>;
