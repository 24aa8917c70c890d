import { writeFile } from 'node:fs/promises';
import { decodeNetwork, writeNetworkFile } from '@espalier/formats';
import { digestOf } from '@espalier/core/node';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../test/folder.ts';
import { smallNetwork } from '../../test/small.ts';
import { readTrained } from './trained.ts';

const at = temporaryFolder();

it('knows a network by the same digest in whichever form it lies there', async () => {
  const file = smallNetwork();
  await writeFile(at('small.zip'), file);
  await writeNetworkFile(at('small'), decodeNetwork(file));
  for (const name of ['small.zip', 'small']) expect((await readTrained(at(name))).digest).toBe(digestOf(file));
});
