import type { ClassificationReader } from '../reader.ts';
import { readImageFolder } from './folder.ts';

export const imageFolderReader: ClassificationReader = {
  kind: 'classification',
  layout:
    'a folder for each class, with JPEG, PNG, WebP or GIF pictures in it; or train and val (or test) with such folders, as ILSVRC-2012 has them',
  recognises: ({ folders }) => folders.some((name) => /^train(ing)?$/.test(name)) || folders.length >= 2,
  read: readImageFolder,
};
