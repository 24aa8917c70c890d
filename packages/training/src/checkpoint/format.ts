import { createHash } from 'node:crypto';
import { DigestSchema, EspalierError, GeneratorStateSchema, LoweredRateSchema, VerdictSchema, type Digest } from '@espalier/core';
import { z } from 'zod';
import { floatsAt, littleEndianBytes } from './floats.ts';

const count = z.number().int().nonnegative();

/** What has been added up of the loss and the task's measures since a point in time: sums, so that a mean can be taken at any moment. */
export const TallySchema = z.object({ steps: count, examples: count, lossSum: z.number(), measures: z.record(z.string(), z.number()) });
export type Tally = z.infer<typeof TallySchema>;

/** Values that stand behind the header, in the order in which the header describes them. */
const described = z.array(z.object({ name: z.string(), length: count }));

/** Where a training stands between two steps. */
const standing = {
  /** Optimiser steps taken. */
  step: count,
  batches: z.object({ epoch: count, index: count, shuffle: GeneratorStateSchema, augment: GeneratorStateSchema }),
  /** Since the last metric point. */
  sinceMetric: TallySchema,
  /** What the last finished epoch came to; null in the first one. */
  lastEpoch: z.object({ trainingLoss: z.number(), validation: VerdictSchema.nullable() }).nullable(),
  variables: described,
};

const HeaderSchema = z.object({
  /** Digest of all that decides what the training computes; a checkpoint is only good for the job that it was made by. */
  job: DigestSchema,
  ...standing,
  sinceEpoch: TallySchema,
  /** Since when the rate is lower than the schedule has it; null as long as it is not. */
  lowered: LoweredRateSchema.nullable(),
  /**
   * Where the epoch began, to which the training goes back when its loss stops being a number. It is part of every checkpoint made within an epoch, so
   * that it does not matter when those were made. Null at the end of an epoch, which is the beginning of the next.
   */
  epochStart: z.object(standing).nullable(),
  /** The best network so far, where the recipe asks for an early stop. */
  best: z.object({ step: count, verdict: VerdictSchema, epochsSince: count, weights: described }).nullable(),
});
type Header = z.infer<typeof HeaderSchema>;

export interface NamedValues {
  readonly name: string;
  readonly values: Float32Array;
}

/** `variables` are weights, moving statistics and what the optimizer remembers, in the order of the compiled step. */
export interface EpochStart extends Omit<NonNullable<Header['epochStart']>, 'variables'> {
  readonly variables: readonly NamedValues[];
}
export interface BestNetwork extends Omit<NonNullable<Header['best']>, 'weights'> {
  readonly weights: readonly NamedValues[];
}

/** The whole state of a training between two steps: with it an interrupted training ends in the same bytes as one left alone. */
export interface Checkpoint extends Omit<Header, 'variables' | 'epochStart' | 'best'> {
  readonly variables: readonly NamedValues[];
  readonly epochStart: EpochStart | null;
  readonly best: BestNetwork | null;
}

const magic = Buffer.from('espalier checkpoint 2\n', 'latin1');
const digestBytes = 32;

/**
 * Magic line, header length, header (JSON), values (32-bit floats, little-endian), SHA-256 of all before it; in pieces, for a large network's
 * need not lie in memory twice. Returns the digest of the whole file.
 */
export function* encodeCheckpoint(checkpoint: Checkpoint): Generator<Uint8Array, Digest, void> {
  const { epochStart, best, variables } = checkpoint;
  // The schema puts the fields in one order, so that the same state has the same bytes.
  const described = HeaderSchema.parse({
    ...checkpoint,
    variables: variables.map(describe),
    epochStart: epochStart === null ? null : { ...epochStart, variables: epochStart.variables.map(describe) },
    best: best === null ? null : { ...best, weights: best.weights.map(describe) },
  } satisfies Header);
  const header = Buffer.from(JSON.stringify(described));
  const headerLength = Buffer.alloc(4);
  headerLength.writeUInt32LE(header.length);
  const hash = createHash('sha256');
  const hashed = (piece: Uint8Array): Uint8Array => {
    hash.update(piece);
    return piece;
  };
  yield hashed(Buffer.concat([magic, headerLength, header]));
  for (const { values } of [...variables, ...(epochStart?.variables ?? []), ...(best?.weights ?? [])])
    yield hashed(littleEndianBytes(values));
  const digest = hash.copy().digest();
  yield hashed(digest);
  return hash.digest('hex');
}

const describe = ({ name, values }: NamedValues): { name: string; length: number } => ({ name, length: values.length });

/** @throws EspalierError `BAD_CHECKPOINT`, naming the file, for bytes that are not a whole checkpoint. */
export function decodeCheckpoint(bytes: Uint8Array, file: string): Checkpoint {
  const refuse = (what: string, cause?: unknown) =>
    new EspalierError('BAD_CHECKPOINT', `the checkpoint ${file} ${what}`, {
      hint: 'Delete it: training goes on from the one before it, or from the start.',
      cause,
    });
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < magic.length + 4 + digestBytes || !buffer.subarray(0, magic.length).equals(magic)) {
    throw refuse('does not begin as one of this version');
  }
  const body = buffer.subarray(0, -digestBytes);
  if (!createHash('sha256').update(body).digest().equals(buffer.subarray(-digestBytes))) {
    throw refuse('is damaged: its bytes do not have the digest written at its end');
  }
  const headerStart = magic.length + 4;
  const valuesStart = headerStart + body.readUInt32LE(magic.length);
  try {
    const { variables, epochStart, best, ...state } = HeaderSchema.parse(JSON.parse(body.toString('utf8', headerStart, valuesStart)));
    let offset = valuesStart;
    const take = (names: Header['variables']): NamedValues[] =>
      names.map(({ name, length }) => {
        const values = floatsAt(body, offset, length);
        offset += 4 * length;
        return { name, values };
      });
    const checkpoint = {
      ...state,
      variables: take(variables),
      epochStart: epochStart === null ? null : { ...epochStart, variables: take(epochStart.variables) },
      best: best === null ? null : { ...best, weights: take(best.weights) },
    };
    if (offset !== body.length) throw new RangeError(`its variables take ${offset} bytes, but it has ${body.length}`);
    return checkpoint;
  } catch (error) {
    throw refuse('cannot be read', error);
  }
}
