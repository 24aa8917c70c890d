import type { ClassificationReader } from '../reader.ts';
import { idxFileNames, readIdxFolder } from './folder.ts';

export const idxReader: ClassificationReader = {
  kind: 'classification',
  layout: `IDX files as MNIST has them: ${Object.values(idxFileNames).join(', ')}, each plain or with .gz behind its name`,
  recognises: ({ files }) => files.some((file) => /^(train|t10k)-(images|labels)[.-]idx\d-ubyte(\.gz)?$/.test(file)),
  read: ({ path }) => readIdxFolder(path),
};
