import type { DetectionReader } from '../reader.ts';
import { readVocFolder } from './folder.ts';

export const vocReader: DetectionReader = {
  kind: 'detection',
  layout:
    'PASCAL VOC: Annotations, JPEGImages and ImageSets/Main, or folders VOC2007 and VOC2012 (or the VOCdevkit around them) with these',
  recognises: ({ folders }) =>
    (folders.includes('Annotations') && folders.includes('JPEGImages')) ||
    folders.some((name) => name === 'VOCdevkit' || /^VOC\d{4}$/.test(name)),
  read: readVocFolder,
};
