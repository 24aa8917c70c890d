import { buffer } from 'node:stream/consumers';
import { badInput, EspalierError, type Digest } from '@espalier/core';
import { ChannelProvenanceSchema, type ChannelProvenance } from '@espalier/network';
import type { Storage } from '@espalier/storage';

/** A hundred bytes for each channel and round: more than any network has. */
const mostBytes = 64 * 1024 * 1024;

/** @throws EspalierError `NOT_FOUND`; `BAD_ARTIFACT` for an artifact that says nothing of channels. */
export async function readProvenance(storage: Storage, digest: Digest): Promise<ChannelProvenance> {
  const { stream, bytes } = await storage.read(digest);
  if (bytes > mostBytes) {
    stream.resume();
    throw new EspalierError('BAD_ARTIFACT', `the channel provenance ${digest} has ${bytes} bytes`, { hint: 'Download it instead.' });
  }
  const text = (await buffer(stream)).toString('utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new EspalierError('BAD_ARTIFACT', `the channel provenance ${digest} is not JSON`, { cause });
  }
  const provenance = ChannelProvenanceSchema.safeParse(json);
  if (!provenance.success) throw badInput('BAD_ARTIFACT', `the channel provenance ${digest}`, provenance.error);
  return provenance.data;
}
