import type { ClassificationReader } from '../reader.ts';
import { cifar100Layout, cifar10Layout, looksLikeCifar, readCifarFolder } from './folder.ts';

export const cifar10Reader: ClassificationReader = {
  kind: 'classification',
  layout: 'the binary version of CIFAR-10: data_batch_1.bin … data_batch_5.bin, test_batch.bin and perhaps batches.meta.txt',
  recognises: (listing) => looksLikeCifar(cifar10Layout, listing),
  read: ({ path }) => readCifarFolder(path, cifar10Layout, { bytes: 1, used: 0, classCount: 10 }, 'batches.meta.txt'),
};

export const cifar100Reader: ClassificationReader = {
  kind: 'classification',
  layout: 'the binary version of CIFAR-100: train.bin, test.bin and perhaps fine_label_names.txt and coarse_label_names.txt',
  recognises: (listing) => looksLikeCifar(cifar100Layout, listing),
  read: ({ path, labels = 'fine' }) =>
    labels === 'fine'
      ? readCifarFolder(path, cifar100Layout, { bytes: 2, used: 1, classCount: 100 }, 'fine_label_names.txt')
      : readCifarFolder(path, cifar100Layout, { bytes: 2, used: 0, classCount: 20 }, 'coarse_label_names.txt'),
};
