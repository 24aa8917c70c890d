export { ModelSkeleton as default } from '#features/models/model-skeleton.tsx';
