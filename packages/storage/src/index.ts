export type { ArtifactSource, Storage } from './storage.ts';
export { FolderStorage } from './folder.ts';
export { openStorage } from './open.ts';
