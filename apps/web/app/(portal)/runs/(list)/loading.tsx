export { RunsSkeleton as default } from '#features/runs/runs-skeleton.tsx';
