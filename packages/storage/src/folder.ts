import { createHash, randomUUID } from 'node:crypto';
import { constants, createReadStream, createWriteStream } from 'node:fs';
import { access, chmod, copyFile, link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DigestSchema, EspalierError, type ArtifactKind, type ArtifactRef, type Digest } from '@espalier/core';
import { digestOfFile, diskFull, isDiskFull } from '@espalier/core/node';
import type { ArtifactSource, Storage } from './storage.ts';

/**
 * Artifacts in a local folder, `ab/cdef…` by digest. A file appears under its name only when it is whole and on the disk, so a reader never
 * meets half of one and a crash leaves at most a file in `incoming/` that nobody refers to.
 */
export class FolderStorage implements Storage {
  readonly #incoming: string;

  constructor(readonly folder: string) {
    this.#incoming = path.join(folder, 'incoming');
  }

  async put(source: ArtifactSource, kind: ArtifactKind): Promise<ArtifactRef> {
    await mkdir(this.#incoming, { recursive: true });
    const beside = path.join(this.#incoming, randomUUID());
    const hash = createHash('sha256');
    let bytes = 0;
    const measure = new Transform({
      transform(chunk: Uint8Array, _encoding, done) {
        hash.update(chunk);
        bytes += chunk.byteLength;
        done(null, chunk);
      },
    });
    try {
      const input = 'file' in source ? createReadStream(source.file) : Readable.from([source.bytes], { objectMode: false });
      await pipeline(input, measure, createWriteStream(beside, { mode: 0o444 }));
      const digest = hash.digest('hex');
      const place = this.#placeOf(digest);
      if (!(await exists(place))) {
        await flush(beside);
        await mkdir(path.dirname(place), { recursive: true });
        await rename(beside, place);
      }
      return { digest, bytes, kind };
    } catch (error) {
      if (isDiskFull(error)) throw diskFull(this.folder, error);
      throw error;
    } finally {
      await rm(beside, { force: true });
    }
  }

  async materialise(digest: Digest, folder: string): Promise<string> {
    const place = await this.#find(digest);
    const target = path.join(folder, digest);
    await mkdir(folder, { recursive: true });
    await rm(target, { force: true });
    try {
      await link(place, target);
    } catch {
      // Another file system, or one without hard links: a copy serves as well.
      await copyFile(place, target).catch((error: unknown) => {
        throw isDiskFull(error) ? diskFull(folder, error) : error;
      });
      await chmod(target, 0o444);
    }
    const found = await digestOfFile(target);
    if (found !== digest) {
      await rm(target, { force: true });
      throw new EspalierError('BAD_ARTIFACT', `artifact ${digest} has changed on disk: its bytes now have the digest ${found}`, {
        hint: `Restore ${place} from a backup, or remove it and run again the run that made it.`,
      });
    }
    return target;
  }

  async read(digest: Digest): Promise<{ stream: NodeJS.ReadableStream; bytes: number }> {
    const place = await this.#find(digest);
    const { size } = await stat(place);
    return { stream: createReadStream(place), bytes: size };
  }

  async has(digest: Digest): Promise<boolean> {
    return exists(this.#placeOf(digest));
  }

  async remove(digest: Digest): Promise<void> {
    await rm(this.#placeOf(digest), { force: true });
  }

  async #find(digest: Digest): Promise<string> {
    const place = this.#placeOf(digest);
    if (await exists(place)) return place;
    throw new EspalierError('NOT_FOUND', `there is no artifact ${digest} in ${this.folder}`, {
      hint: 'Check that every process uses the same ESPALIER_STORAGE.',
    });
  }

  #placeOf(digest: Digest): string {
    // A digest from outside becomes part of a path: anything else than hexadecimal digits must never get here.
    const checked = DigestSchema.safeParse(digest);
    if (!checked.success) throw new EspalierError('BAD_INPUT', `"${digest}" ${checked.error.issues[0]?.message ?? 'is not a digest'}`);
    return path.join(this.folder, digest.slice(0, 2), digest.slice(2));
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file, constants.F_OK).then(
    () => true,
    () => false,
  );
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
