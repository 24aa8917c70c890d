export { forward as GET, forward as POST } from '#features/api/forward.ts';
