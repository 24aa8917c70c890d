import protobuf from 'protobufjs';
import { maskedCrc32c } from './crc32c.ts';

/** What TensorBoard reads: one event of tensorflow/core/util/event.proto in each record. */
export interface TensorBoardEvent {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step: number;
  readonly content: { readonly fileVersion: true } | { readonly restart: true } | { readonly tag: string; readonly value: number };
}

/** Fields of the messages, by number. */
const event = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 } as const;
const summary = { value: 1 } as const;
const summaryValue = { tag: 1, simpleValue: 2 } as const;
const sessionLog = { status: 1 } as const;
const sessionStart = 1;
const wireType = { varint: 0, double: 1, bytes: 2, float: 5 } as const;

const key = (field: number, type: keyof typeof wireType): number => (field << 3) | wireType[type];

function encodeEvent({ wallTime, step, content }: TensorBoardEvent): Uint8Array {
  const writer = protobuf.Writer.create().uint32(key(event.wallTime, 'double')).double(wallTime);
  if (step !== 0) writer.uint32(key(event.step, 'varint')).int64(step);
  if ('fileVersion' in content) return writer.uint32(key(event.fileVersion, 'bytes')).string('brain.Event:2').finish();
  if ('restart' in content) {
    writer.uint32(key(event.sessionLog, 'bytes')).fork();
    return writer.uint32(key(sessionLog.status, 'varint')).int32(sessionStart).ldelim().finish();
  }
  writer.uint32(key(event.summary, 'bytes')).fork().uint32(key(summary.value, 'bytes')).fork();
  writer.uint32(key(summaryValue.tag, 'bytes')).string(content.tag);
  writer.uint32(key(summaryValue.simpleValue, 'float')).float(content.value);
  return writer.ldelim().ldelim().finish();
}

/** A record of TensorFlow's files: length (64 bits), its masked checksum, the bytes, theirs; all little-endian. */
export function encodeRecord(given: TensorBoardEvent): Buffer {
  const data = encodeEvent(given);
  const record = Buffer.alloc(data.length + 16);
  record.writeBigUInt64LE(BigInt(data.length), 0);
  record.writeUInt32LE(maskedCrc32c(record.subarray(0, 8)), 8);
  record.set(data, 12);
  record.writeUInt32LE(maskedCrc32c(data), 12 + data.length);
  return record;
}
