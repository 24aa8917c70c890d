export { DatasetSkeleton as default } from '#features/datasets/dataset-skeleton.tsx';
