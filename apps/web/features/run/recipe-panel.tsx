import { Facts } from '#features/ui/facts.tsx';
import { Panel } from '#features/ui/panel.tsx';
import type { Fact } from './recipe.ts';
import classes from './recipe-panel.module.css';

export function RecipePanel({ facts, recipe }: { facts: Fact[]; recipe: unknown }) {
  return (
    <Panel title="Recipe">
      <Facts facts={facts} />
      <details className={classes.whole}>
        <summary>The whole recipe as JSON</summary>
        <pre tabIndex={0} aria-label="Recipe as JSON">
          {JSON.stringify(recipe, null, 2)}
        </pre>
      </details>
    </Panel>
  );
}
