import { GraphQLError } from 'graphql';
import type { Builder } from './builder.ts';

export function addScalars(builder: Builder): void {
  builder.scalarType('DateTime', {
    description: 'A point in time, ISO 8601 in UTC.',
    serialize: (time) => time.toISOString(),
    parseValue: (text) => {
      const time = new Date(typeof text === 'string' ? text : Number.NaN);
      if (Number.isNaN(time.getTime())) throw new GraphQLError('DateTime takes a time in ISO 8601');
      return time;
    },
  });
  builder.scalarType('JSON', {
    description: 'Any JSON value.',
    serialize: (value) => value,
    parseValue: (value) => value,
  });
}
