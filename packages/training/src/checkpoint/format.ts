import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import { DigestSchema, EspalierError, GeneratorStateSchema, VerdictSchema } from '@espalier/core';
import { z } from 'zod';

const count = z.number().int().nonnegative();

/** What has been added up of the loss and the task's measures since a point in time: sums, so that a mean can be taken at any moment. */
export const TallySchema = z.object({ steps: count, examples: count, lossSum: z.number(), measures: z.record(z.string(), z.number()) });
export type Tally = z.infer<typeof TallySchema>;

const HeaderSchema = z.object({
  /** Digest of all that decides what the training computes; a checkpoint is only good for the job that it was made by. */
  job: DigestSchema,
  /** Optimiser steps taken. */
  step: count,
  batches: z.object({ epoch: count, index: count, shuffle: GeneratorStateSchema, augment: GeneratorStateSchema }),
  /** Since the last metric point, and since the epoch began. */
  sinceMetric: TallySchema,
  sinceEpoch: TallySchema,
  /** What the last finished epoch came to; null in the first one. */
  lastEpoch: z.object({ trainingLoss: z.number(), validation: VerdictSchema.nullable() }).nullable(),
  variables: z.array(z.object({ name: z.string(), length: count })),
});

/** The whole state of a training between two steps: with it an interrupted training ends in the same bytes as one left alone. */
export interface Checkpoint extends Omit<z.infer<typeof HeaderSchema>, 'variables'> {
  /** Weights, moving statistics and momentum slots, in the order of the compiled step. */
  readonly variables: readonly { readonly name: string; readonly values: Float32Array }[];
}

const magic = Buffer.from('espalier checkpoint 2\n', 'latin1');
const digestBytes = 32;

/** Magic line, header length, header (JSON), values (32-bit floats, little-endian), SHA-256 of all before it. */
export function encodeCheckpoint({ variables, ...state }: Checkpoint): Uint8Array {
  const described = variables.map(({ name, values }) => ({ name, length: values.length }));
  const header = Buffer.from(JSON.stringify({ ...state, variables: described }));
  const headerLength = Buffer.alloc(4);
  headerLength.writeUInt32LE(header.length);
  const body = Buffer.concat([magic, headerLength, header, ...variables.map(({ values }) => littleEndianBytes(values))]);
  return Buffer.concat([body, sha256(body)]);
}

/** @throws EspalierError `BAD_CHECKPOINT`, naming the file, for bytes that are not a whole checkpoint. */
export function decodeCheckpoint(bytes: Uint8Array, file: string): Checkpoint {
  const refuse = (what: string, cause?: unknown) =>
    new EspalierError('BAD_CHECKPOINT', `the checkpoint ${file} ${what}`, {
      hint: 'Delete it: training goes on from the one before it, or from the start.',
      cause,
    });
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < magic.length + 4 + digestBytes || !buffer.subarray(0, magic.length).equals(magic)) {
    throw refuse('does not begin as one');
  }
  const body = buffer.subarray(0, -digestBytes);
  if (!sha256(body).equals(buffer.subarray(-digestBytes))) throw refuse('is damaged: its bytes do not have the digest written at its end');
  const headerStart = magic.length + 4;
  const valuesStart = headerStart + body.readUInt32LE(magic.length);
  try {
    const { variables, ...state } = HeaderSchema.parse(JSON.parse(body.toString('utf8', headerStart, valuesStart)));
    let offset = valuesStart;
    const restored = variables.map(({ name, length }) => {
      const values = floatsAt(body, offset, length);
      offset += 4 * length;
      return { name, values };
    });
    if (offset !== body.length) throw new RangeError(`its variables take ${offset} bytes, but it has ${body.length}`);
    return { ...state, variables: restored };
  } catch (error) {
    throw refuse('cannot be read', error);
  }
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

function littleEndianBytes(values: Float32Array): Buffer {
  const bytes = Buffer.from(values.slice().buffer);
  return endianness() === 'LE' ? bytes : bytes.swap32();
}

function floatsAt(body: Buffer, offset: number, length: number): Float32Array {
  if (offset + 4 * length > body.length) throw new RangeError('its variables are longer than the file');
  const bytes = Buffer.from(new Uint8Array(body.subarray(offset, offset + 4 * length)));
  if (endianness() !== 'LE') bytes.swap32();
  return new Float32Array(bytes.buffer, bytes.byteOffset, length);
}
