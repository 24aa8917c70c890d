import { type Scalars } from './graph-def.ts';

const there: Scalars = { b: true };
/** The marks by which TensorFlow's arithmetic optimizer knows the nodes that it has rewritten before, and leaves them alone. */
const addsRewritten = '_grappler_ArithmeticOptimizer_AddOpsRewriteStage';
const broadcastsMinimised = '_grappler_ArithmeticOptimizer_MinimizeBroadcasts';

const additions: ReadonlySet<string> = new Set(['Add', 'AddV2', 'AddN']);
const products: ReadonlySet<string> = new Set(['Mul']);

/**
 * Keeps sums and products in the order in which the step takes them. Unmarked, chains of additions become one AddN of all addends, whose last bits are
 * others, and where a graph wants much memory that in turn becomes additions to one variable in whatever order the addends are ready.
 */
export function optimizerMarks(op: string): Record<string, Scalars> {
  if (additions.has(op)) return { [addsRewritten]: there, [broadcastsMinimised]: there };
  return products.has(op) ? { [broadcastsMinimised]: there } : {};
}
