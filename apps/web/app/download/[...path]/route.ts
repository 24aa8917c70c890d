export { forward as GET } from '#features/api/forward.ts';
