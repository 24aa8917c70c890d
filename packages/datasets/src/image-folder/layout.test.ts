import { describe, expect, it } from 'vitest';
import { labelled } from './layout.ts';

describe('the pictures of class folders', () => {
  it('may be more than a function takes arguments', () => {
    // So many as arguments of one call are too many for the stack.
    const named = (name: string, count: number) => ({ name, files: Array.from({ length: count }, (_, number) => `${name}/${number}.png`) });
    const { files, labels } = labelled([named('dog', 300_000), named('cat', 2)], ['cat', 'dog'], 'train');
    expect([files.length, files[299_999], files[300_000]]).toEqual([300_002, 'dog/299999.png', 'cat/0.png']);
    expect([labels.length, labels[299_999], labels[300_000]]).toEqual([300_002, 1, 0]);
  });
});
