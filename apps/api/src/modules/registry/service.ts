import { EspalierError } from '@espalier/core';
import { registerModel as createModel } from '@espalier/database';
import { buildZooTopology, zoo, type ImageShape } from '@espalier/zoo';
import { demand, signedIn, notFound } from '../../auth/viewer.ts';
import type { Context } from '../../schema/context.ts';
import { rowId } from '../../schema/ids.ts';
import { shortText } from '../../schema/input.ts';

export interface RegisterModelInput {
  /** Global id. */
  readonly organization: string;
  readonly name: string;
  readonly architecture: string;
  readonly inputShape: readonly number[];
  readonly classes: number;
  readonly idempotencyKey: string;
}

/**
 * Registers a network of the zoo. It has no version yet: training makes the first one.
 * @returns the model's row id.
 * @throws EspalierError `NOT_SIGNED_IN`, `NOT_FOUND`, `FORBIDDEN`, `BAD_INPUT`, `CONFLICT`.
 */
export async function registerModel({ viewer, services }: Context, input: RegisterModelInput): Promise<string> {
  signedIn(viewer);
  const organizationId = rowId(input.organization, 'Organization');
  if (organizationId === null) throw notFound('organization', ['organization']);
  const { userId } = demand(viewer, 'model:register', { organizationId, what: 'organization', path: ['organization'] });
  const { id } = await createModel(services.database.prisma, {
    organizationId,
    actorId: userId,
    name: shortText(input.name, 'name'),
    ...checkedNetwork(input),
    idempotencyKey: shortText(input.idempotencyKey, 'idempotencyKey'),
  });
  return id;
}

/** The zoo itself says whether it can build the network: it is built, without weights, and thrown away. */
function checkedNetwork({ architecture, inputShape, classes }: RegisterModelInput) {
  if (!zoo.some(({ name }) => name === architecture)) {
    throw new EspalierError('BAD_INPUT', `there is no architecture named "${architecture}" in the zoo`, {
      hint: `Choose one of ${zoo.map(({ name }) => name).join(', ')}.`,
      path: ['architecture'],
    });
  }
  const [height, width, channels] = inputShape;
  if (inputShape.length !== 3 || height === undefined || width === undefined || channels === undefined) {
    throw new EspalierError('BAD_INPUT', `the input shape [${inputShape.join(', ')}] is not [height, width, channels]`, {
      path: ['inputShape'],
    });
  }
  const shape: ImageShape = [height, width, channels];
  buildZooTopology(architecture, { inputShape: shape, classes });
  return { architecture, inputShape: shape, classes };
}
