import { Context } from '@temporalio/activity';
import { failureOf } from './failure.ts';

type Activity = (input: never) => Promise<unknown>;

/** Makes functions that throw our errors into activities that throw Temporal's, with what the workflow has to know of them. */
export function asActivities<T extends Record<string, Activity>>(functions: T): T {
  const guarded = Object.entries(functions).map(([name, work]) => [
    name,
    async (input: never): Promise<unknown> => {
      try {
        return await work(input);
      } catch (error) {
        throw failureOf(error, Context.current().info.attempt);
      }
    },
  ]);
  // The entries are those of `functions` with the same signatures, which TypeScript cannot see through Object.entries.
  return Object.fromEntries(guarded) as T;
}
