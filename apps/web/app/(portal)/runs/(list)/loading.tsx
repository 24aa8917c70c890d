export { ListSkeleton as default } from '#features/ui/list-skeleton.tsx';
