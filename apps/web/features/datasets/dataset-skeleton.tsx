import { Skeleton } from '@mantine/core';
import { HeaderSkeleton, PanelSkeleton } from '#features/ui/skeleton.tsx';
import { PageStack } from '#features/ui/stack.tsx';

export const DatasetSkeleton = () => (
  <>
    <HeaderSkeleton />
    <PageStack>
      <Skeleton height={102} radius={12} />
      <PanelSkeleton height={260} />
      <PanelSkeleton height={520} />
    </PageStack>
  </>
);
