import { userErrorsOf } from './problems.ts';
import type { Payload } from './shapes.ts';

/** Runs what a mutation does and gives its payload: the row's id, or what the caller can mend. Bugs stay errors of the request. */
export async function mutate(work: () => Promise<string>): Promise<Payload> {
  try {
    return { id: await work(), userErrors: [] };
  } catch (error) {
    return { id: null, userErrors: userErrorsOf(error) };
  }
}
