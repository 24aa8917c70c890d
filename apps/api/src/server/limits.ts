import { ApolloArmor } from '@escape.tech/graphql-armor';
import { specifiedRules, type ValidationRule } from 'graphql';

/**
 * What one operation may ask for, decided before it runs; what is refused is told the limit it broke. The portal's largest operation, the page of a run,
 * costs less than half of the limit. A page size written into the query multiplies the cost of what is below it.
 */
export const operationLimits = { depth: 12, aliases: 30, tokens: 4000, directives: 50, cost: 10_000 } as const;

export function createLimits() {
  const { depth, aliases, tokens, directives, cost } = operationLimits;
  const { plugins, validationRules } = new ApolloArmor({
    maxDepth: { n: depth, flattenFragments: true },
    maxAliases: { n: aliases },
    maxTokens: { n: tokens },
    maxDirectives: { n: directives },
    costLimit: { maxCost: cost, objectCost: 2, scalarCost: 1, depthCostFactor: 1.5, flattenFragments: true },
    blockFieldSuggestion: { enabled: true },
  }).protect();
  // The WebSocket knows nothing of Apollo's plug-ins: the same rules are handed to it by name.
  const rules: readonly ValidationRule[] = [...specifiedRules, ...validationRules];
  return { plugins, validationRules, rules, tokens };
}

export type Limits = ReturnType<typeof createLimits>;
