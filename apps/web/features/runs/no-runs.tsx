import { IconPlant2 } from '@tabler/icons-react';
import { EmptyState } from '#features/ui/empty-state.tsx';
import panel from '#features/ui/panel.module.css';

export function NoRuns() {
  return (
    <div className={panel.panel}>
      <EmptyState icon={IconPlant2} title="No runs yet">
        A run trains a network, or makes one smaller. <code>npm start</code> on a fresh checkout begins with both; from a script, register a
        model and a dataset and call the <code>startRun</code> mutation at <code>/graphql</code>. A run that starts appears here by itself.
      </EmptyState>
    </div>
  );
}
