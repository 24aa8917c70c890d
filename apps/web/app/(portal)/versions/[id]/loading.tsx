export { VersionSkeleton as default } from '#features/versions/version-skeleton.tsx';
