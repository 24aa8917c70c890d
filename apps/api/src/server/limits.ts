import { ApolloArmor } from '@escape.tech/graphql-armor';
import { specifiedRules, type ValidationRule } from 'graphql';

/**
 * What one operation may ask for, decided before it runs. The portal's largest page costs a quarter of the limit; what is refused is told with the
 * limit it broke.
 */
export const operationLimits = { depth: 12, aliases: 30, tokens: 4000, directives: 50, cost: 20_000 } as const;

export function createLimits() {
  const { depth, aliases, tokens, directives, cost } = operationLimits;
  const { plugins, validationRules } = new ApolloArmor({
    maxDepth: { n: depth },
    maxAliases: { n: aliases },
    maxTokens: { n: tokens },
    maxDirectives: { n: directives },
    costLimit: { maxCost: cost, objectCost: 2, scalarCost: 1, depthCostFactor: 1.3 },
    blockFieldSuggestion: { enabled: true },
  }).protect();
  // The WebSocket knows nothing of Apollo's plug-ins: the same rules are handed to it by name.
  const rules: readonly ValidationRule[] = [...specifiedRules, ...validationRules];
  return { plugins, validationRules, rules, tokens };
}

export type Limits = ReturnType<typeof createLimits>;
