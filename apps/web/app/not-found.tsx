export { NotFoundPage as default } from '#features/shell/not-found-page.tsx';
