import { Skeleton } from '@mantine/core';
import { HeaderSkeleton } from '#features/ui/skeleton.tsx';

export const RunsSkeleton = () => (
  <>
    <HeaderSkeleton trail={false} line={false} />
    <Skeleton height={320} radius={12} />
  </>
);
