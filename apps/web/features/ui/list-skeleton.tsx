import { Skeleton } from '@mantine/core';
import { HeaderSkeleton } from './skeleton.tsx';

/** The place of a page that is a heading and a table. */
export const ListSkeleton = () => (
  <>
    <HeaderSkeleton trail={false} line={false} />
    <Skeleton height={240} radius={12} />
  </>
);
