import { startDatasetInspection } from '@espalier/compression-workflow/client';
import { datasetFormats, EspalierError, type DatasetFormat } from '@espalier/core';
import { registerDataset as createDataset } from '@espalier/database';
import { demand, notFound, signedIn } from '../../auth/viewer.ts';
import type { Context } from '../../schema/context.ts';
import { rowId } from '../../schema/ids.ts';
import { shortText } from '../../schema/input.ts';
import { placeOfDataset } from './place.ts';

export interface RegisterDatasetInput {
  /** Global id. */
  readonly organization: string;
  readonly name: string;
  readonly format: string;
  readonly path: string;
  readonly idempotencyKey: string;
}

/**
 * Registers a dataset in place and has a worker read it through.
 * @returns the dataset's row id.
 * @throws EspalierError `NOT_SIGNED_IN`, `NOT_FOUND`, `FORBIDDEN`, `BAD_INPUT`, `CONFLICT`; `UNAVAILABLE` when the workflow engine does not
 * answer: the same call again, with the same key, goes on where this one stopped.
 */
export async function registerDataset({ viewer, services }: Context, input: RegisterDatasetInput): Promise<string> {
  signedIn(viewer);
  const organizationId = rowId(input.organization, 'Organization');
  if (organizationId === null) throw notFound('organization', ['organization']);
  const { userId } = demand(viewer, 'dataset:register', { organizationId, what: 'organization', path: ['organization'] });
  const { id } = await createDataset(services.database.prisma, {
    organizationId,
    actorId: userId,
    name: shortText(input.name, 'name'),
    format: checkedFormat(input.format),
    path: await placeOfDataset(input.path, services.dataRoots),
    idempotencyKey: shortText(input.idempotencyKey, 'idempotencyKey'),
  });
  await startDatasetInspection(await services.workflows(), { datasetId: id, pool: services.pool });
  return id;
}

function checkedFormat(format: string): DatasetFormat {
  const known = datasetFormats.find((candidate) => candidate === format);
  if (known !== undefined) return known;
  throw new EspalierError('BAD_INPUT', `there is no reader for the format "${format}"`, {
    hint: `Choose one of ${datasetFormats.join(', ')}.`,
    path: ['format'],
  });
}
