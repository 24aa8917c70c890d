import { RecipeSchema, stagesOf, type Measurement, type Recipe, type RecipeInput } from '@espalier/core';
import { digestOf } from '@espalier/core/node';
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts';

/**
 * Rows for tests, each valid by itself; what a test is about it names in `overrides`. Names count up within one `Factory`, so that
 * messages stay readable.
 */
export class Factory {
  readonly #prisma: PrismaClient;
  #count = 0;

  constructor(prisma: PrismaClient) {
    this.#prisma = prisma;
  }

  organization(overrides: Partial<Prisma.OrganizationUncheckedCreateInput> = {}) {
    const name = this.#name('organization');
    return this.#prisma.organization.create({ data: { name, slug: name, ...overrides } });
  }

  /** Someone who is a member of the organizations named, in the roles named. */
  user({ memberships = [], ...overrides }: Partial<Prisma.UserUncheckedCreateInput> & { memberships?: Membership[] } = {}) {
    const name = this.#name('user');
    return this.#prisma.user.create({
      data: { name, email: `${name}-${this.#count}@example.org`, members: { create: memberships }, ...overrides },
    });
  }

  model(organizationId: string, overrides: Partial<Prisma.ModelUncheckedCreateInput> = {}) {
    const name = this.#name('model');
    const data = { organizationId, name, architecture: 'resnet20', inputShape: [28, 28, 1], classes: 10, idempotencyKey: name };
    return this.#prisma.model.create({ data: { ...data, ...overrides } });
  }

  dataset(organizationId: string, overrides: Partial<Prisma.DatasetUncheckedCreateInput> = {}) {
    const name = this.#name('dataset');
    return this.#prisma.dataset.create({
      data: { organizationId, name, format: 'idx', path: `/data/${name}`, status: 'ready', idempotencyKey: name, ...overrides },
    });
  }

  /** A queued run of a one-epoch training with its stages, unless `recipe` says otherwise. */
  run(
    { organizationId, modelId, datasetId }: { organizationId: string; modelId: string; datasetId: string },
    {
      recipe = shortTraining,
      ...overrides
    }: Partial<Omit<Prisma.RunUncheckedCreateInput, 'recipe' | 'stages'>> & { recipe?: RecipeInput } = {},
  ) {
    const title = this.#name('run');
    const parsed: Recipe = RecipeSchema.parse(recipe);
    const stages = stagesOf(parsed).map((stage, position) => ({ ...stage, position }));
    const row = {
      organizationId,
      modelId,
      datasetId,
      title,
      idempotencyKey: title,
      kind: parsed.kind,
      recipe: parsed as Prisma.InputJsonObject,
    };
    return this.#prisma.run.create({ data: { ...row, stages: { create: stages }, ...overrides } });
  }

  /** The next version of a model, with an artifact row of its own (there are no bytes behind it). */
  async version(modelId: string, overrides: Partial<Prisma.ModelVersionUncheckedCreateInput> = {}) {
    const number = (await this.#prisma.modelVersion.count({ where: { modelId } })) + 1;
    const digest = overrides.digest ?? digestOf(`${modelId} ${number}`);
    await this.#prisma.artifact.upsert({ where: { digest }, create: { digest, kind: 'network', bytes: 1_100_000 }, update: {} });
    const costs = { bytes: 1_100_000, parameters: 269_434, macs: 30_821_248 };
    return this.#prisma.modelVersion.create({ data: { modelId, number, digest, measurement: someMeasurement, ...costs, ...overrides } });
  }

  #name(kind: string): string {
    this.#count += 1;
    return `${kind}-${this.#count}`;
  }
}

type Membership = { organizationId: string; role: string };

export const shortTraining: RecipeInput = { kind: 'training', training: { epochs: 1, learningRate: 0.1 } };

export const someMeasurement: Measurement = {
  split: 'test',
  examples: 2000,
  accuracy: 0.981,
  loss: 0.07,
  parameters: 269_434,
  macs: 30_821_248,
  bytes: 1_100_000,
};
