import { pipeline } from 'node:stream/promises';
import { EspalierError, type Digest } from '@espalier/core';
import type { Express, Request, Response } from 'express';
import { demand, notFound, viewerOf } from '../auth/viewer.ts';
import type { Services } from '../schema/context.ts';
import { encodeId, rowId } from '../schema/ids.ts';
import { downloadPrefix } from './download-path.ts';

/** Streams what a version is made of, to whoever may have it. */
export function serveDownloads(app: Express, services: Services): void {
  /** A zip of the LayersModel's model.json and weights.bin. */
  app.get(`${downloadPrefix}/:id`, async (request, response) => {
    const { name, digest } = await downloadableVersion(services, request);
    await send(services, response, { digest, type: 'application/zip', fileName: `${name}.zip` });
  });
  app.get(`${downloadPrefix}/:id/provenance`, async (request, response) => {
    const { name, provenanceDigest } = await downloadableVersion(services, request);
    if (provenanceDigest === null) throw notFound('channel provenance');
    await send(services, response, { digest: provenanceDigest, type: 'application/json', fileName: `${name}-provenance.json` });
  });
}

/** @throws EspalierError `NOT_SIGNED_IN`, `FORBIDDEN`, `NOT_FOUND`. */
async function downloadableVersion({ auth, database }: Services, { headers, params }: Request<{ id: string }>) {
  const viewer = await viewerOf({ auth, prisma: database.prisma }, headers);
  // Only what is a uuid reaches the database.
  const id = rowId(encodeId('ModelVersion', params.id), 'ModelVersion');
  const version =
    id === null
      ? null
      : await database.prisma.modelVersion.findUnique({
          where: { id },
          select: { number: true, digest: true, provenanceDigest: true, model: { select: { name: true, organizationId: true } } },
        });
  const what = 'version';
  demand(viewer, 'version:download', { organizationId: version?.model.organizationId ?? 'nobody', what });
  if (version === null) throw notFound(what);
  return { ...version, name: `${version.model.name}-v${version.number}` };
}

async function send(
  { storage }: Services,
  response: Response,
  { digest, type, fileName }: { digest: Digest; type: string; fileName: string },
): Promise<void> {
  const { stream, bytes } = await storage.read(digest);
  response.set({
    'content-type': type,
    'content-length': String(bytes),
    'content-disposition': disposition(fileName),
    etag: `"${digest}"`,
    'cache-control': 'private, immutable, max-age=31536000',
    'x-content-type-options': 'nosniff',
  });
  await pipeline(stream, response);
}

/** A file name in ASCII for old clients, and as it is for the others (RFC 6266). */
function disposition(fileName: string): string {
  const plain = fileName.replaceAll(/[^A-Za-z0-9._-]/g, '_');
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(fileName)}`;
}

const statusOf: Partial<Record<EspalierError['code'], number>> = {
  NOT_SIGNED_IN: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_INPUT: 400,
  UNAVAILABLE: 503,
};

/** Answers an expected error by its status and as JSON; false for anything else. */
export function answerProblem(error: unknown, response: Response): boolean {
  if (!(error instanceof EspalierError)) return false;
  const { code, message, hint } = error;
  response.status(statusOf[code] ?? 500).json({ code, message, hint });
  return true;
}
