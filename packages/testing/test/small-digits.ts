import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const HEADER = { images: 16, labels: 8 } as const;
const ITEM = { images: 28 * 28, labels: 1 } as const;
const files = { images: (split: string) => `${split}-images-idx3-ubyte`, labels: (split: string) => `${split}-labels-idx1-ubyte` } as const;

/** Takes every `step`-th of the digits below `from`, so that all classes stay, and writes them to `to` as a dataset of its own. */
export async function writeSmallDigits(from: string, to: string, step: number): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const split of ['train', 't10k'])
    for (const kind of ['images', 'labels'] as const) {
      const name = files[kind](split);
      await writeFile(path.join(to, name), thin(await readFile(path.join(from, name)), HEADER[kind], ITEM[kind], step));
    }
}

/** An IDX file counts its items in the big-endian word at byte 4. */
function thin(bytes: Buffer, headerSize: number, itemSize: number, step: number): Buffer {
  const header = Buffer.from(bytes.subarray(0, headerSize));
  const count = Math.floor((bytes.length - headerSize) / itemSize / step);
  header.writeUInt32BE(count, 4);
  const items = Array.from({ length: count }, (_, index) => {
    const start = headerSize + index * step * itemSize;
    return bytes.subarray(start, start + itemSize);
  });
  return Buffer.concat([header, ...items]);
}
