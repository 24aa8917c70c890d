import { readFile, writeFile } from 'node:fs/promises';
import loadWabt from 'wabt';

/*
 * Writes kernel.ts from kernel.wat: `npx tsx packages/pruning/src/clustering/inner-products/assemble.ts`. A test sees to it that the two agree.
 */

const folder = new URL('./', import.meta.url);

/** The text of kernel.ts. */
export async function assembledKernel(): Promise<string> {
  const wabt = await loadWabt();
  const text = await readFile(new URL('kernel.wat', folder), 'utf8');
  const { buffer } = wabt.parseWat('kernel.wat', text, { simd: true, threads: true }).toBinary({});
  const lines = Buffer.from(buffer)
    .toString('base64')
    .match(/.{1,120}/g)!
    .map((line) => `  '${line}',`);
  return `/** WebAssembly in base64, assembled from kernel.wat by assemble.ts. */\nexport const kernel = [\n${lines.join('\n')}\n].join('');\n`;
}

if (process.argv[1] === new URL(import.meta.url).pathname) await writeFile(new URL('kernel.ts', folder), await assembledKernel());
