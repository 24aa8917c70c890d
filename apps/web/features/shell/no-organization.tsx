import { IconUsers } from '@tabler/icons-react';
import { EmptyState } from '#features/ui/empty-state.tsx';

export function NoOrganization() {
  return (
    <EmptyState icon={IconUsers} title="You are not a member of an organization yet">
      Runs, models and datasets belong to organizations. Ask an owner or an admin of yours to invite you.
    </EmptyState>
  );
}
