import { HeaderSkeleton, PanelSkeleton } from '#features/ui/skeleton.tsx';
import { PageStack } from '#features/ui/stack.tsx';

export const ModelSkeleton = () => (
  <>
    <HeaderSkeleton />
    <PageStack>
      <PanelSkeleton height={150} />
      <PanelSkeleton height={900} />
    </PageStack>
  </>
);
