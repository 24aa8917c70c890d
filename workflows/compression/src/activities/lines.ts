import { StringDecoder } from 'node:string_decoder';
import { EspalierError } from '@espalier/core';

/**
 * The lines of a stream of UTF-8, without their line ends; a last line without one counts too. The stream is read only as fast as the lines
 * are taken.
 * @throws EspalierError `INTERNAL` when a line grows beyond `longest` characters, so that a stream without line ends cannot fill the memory.
 */
export async function* linesOf(stream: AsyncIterable<Uint8Array | string>, longest: number): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let pending = '';
  for await (const chunk of stream) {
    pending += typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk));
    const lines = pending.split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
    if (pending.length > longest) throw new EspalierError('INTERNAL', `a line of more than ${longest} characters came without an end`);
  }
  pending += decoder.end();
  if (pending.length > 0) yield pending;
}
