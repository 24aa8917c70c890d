import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { digestOf } from '@espalier/core/node';
import { encodeNetwork, writeNetworkFile } from '@espalier/formats';
import { buildZooNetwork } from '@espalier/zoo';
import { afterAll, describe, expect, it } from 'vitest';
import { readNetworkFile } from './files.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'espalier-job-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the network of a job', () => {
  const network = buildZooNetwork('resnet20', { seed: 5 });
  const canonical = encodeNetwork(network);

  it.each(['network.zip', 'network', 'network.h5', 'network.keras'])(
    'has the digest and size of its canonical file, read from %s',
    async (name) => {
      const place = path.join(folder, name);
      await writeNetworkFile(place, network);
      const { digest, bytes } = await readNetworkFile(place);
      expect({ digest, bytes }).toEqual({ digest: digestOf(canonical), bytes: canonical.length });
    },
  );

  it('is refused by name where there is none, or something else', async () => {
    await expect(readNetworkFile(path.join(folder, 'nowhere.zip'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    writeFileSync(path.join(folder, 'letter.txt'), 'Dear reader');
    await expect(readNetworkFile(path.join(folder, 'letter.txt'))).rejects.toMatchObject({
      code: 'BAD_ARTIFACT',
      message: expect.stringContaining('letter.txt'),
    });
  });
});
