import { rename, writeFile } from 'node:fs/promises';

/** Writes a file that holds a secret: whole or not at all, and at no moment readable by other users. */
export async function writePrivately(file: string, text: string): Promise<void> {
  const beside = `${file}.${process.pid}.part`;
  await writeFile(beside, text, { mode: 0o600 });
  await rename(beside, file);
}
