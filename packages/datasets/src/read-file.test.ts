import { describe, expect, it } from 'vitest';
import { refusal, temporaryFolder } from '../test/temporary-folder.ts';
import { readDatasetFile } from './read-file.ts';

const folder = temporaryFolder();

describe('a file of a dataset', () => {
  it('is read whole', async () => {
    await folder.write('Annotations/a.xml', 'text');
    expect((await readDatasetFile(folder.path, 'Annotations/a.xml')).toString()).toBe('text');
  });

  it('is named when it cannot be read', async () => {
    await expect(readDatasetFile(folder.path, 'Annotations/gone.xml')).rejects.toThrow(
      refusal(/^Annotations\/gone\.xml cannot be read: ENOENT/),
    );
  });
});
