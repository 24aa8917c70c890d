import { RecipeSchema } from '@espalier/core';
import { testDatabase } from '@espalier/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from '../open.ts';
import { registerModel } from '../registry/models.ts';
import { Factory } from '../testing/factories.ts';
import { createRun, type NewRun } from './create.ts';

describe('creating rows by idempotency key', () => {
  let database: Database;
  let run: NewRun;
  beforeAll(async () => {
    database = openDatabase((await testDatabase()).url);
    const make = new Factory(database.prisma);
    const { id: organizationId } = await make.organization();
    const { id: actorId } = await make.user({ memberships: [{ organizationId, role: 'owner' }] });
    const { id: modelId } = await make.model(organizationId);
    const { id: datasetId } = await make.dataset(organizationId);
    const recipe = RecipeSchema.parse({
      kind: 'compression',
      method: { name: 'exp' },
      target: { measure: 'macs', reductionRatio: 0.5 },
      rounds: 2,
      retraining: { epochs: 1, learningRate: 0.1 },
    });
    run = { organizationId, actorId, modelId, inputVersionId: null, datasetId, title: 'half the MACs', recipe, idempotencyKey: 'once' };
  });
  afterAll(() => database.close());

  it('makes one run of 20 equal calls at once, with its stages and one entry in the audit', async () => {
    const created = await Promise.all(Array.from({ length: 20 }, () => createRun(database.prisma, run)));
    expect(new Set(created.map(({ id }) => id)).size).toBe(1);
    expect(created.filter((each) => each.created)).toHaveLength(1);
    const stages = await database.prisma.runStage.findMany({ where: { runId: created[0]!.id }, orderBy: { position: 'asc' } });
    expect(stages.map(({ name, round }) => `${name} ${round}`)).toEqual([
      'analyse 1',
      'prune 1',
      'retrain 1',
      'analyse 2',
      'prune 2',
      'retrain 2',
      'evaluate 0',
      'register 0',
    ]);
    expect(await database.prisma.auditEntry.count({ where: { subjectId: created[0]!.id } })).toBe(1);
  });

  it('makes another run of another key', async () => {
    const first = await createRun(database.prisma, run);
    const second = await createRun(database.prisma, { ...run, idempotencyKey: 'twice' });
    expect(second).toMatchObject({ created: true });
    expect(second.id).not.toBe(first.id);
  });

  it('refuses a second model of one name, and leaves no trace of it', async () => {
    const { organizationId, actorId } = run;
    const model = { organizationId, actorId, name: 'digits', architecture: 'resnet20', inputShape: [28, 28, 1], classes: 10 };
    await registerModel(database.prisma, { ...model, idempotencyKey: 'a' });
    await expect(registerModel(database.prisma, { ...model, idempotencyKey: 'b' })).rejects.toMatchObject({
      code: 'CONFLICT',
      path: ['name'],
    });
    expect(await database.prisma.model.count({ where: { name: 'digits' } })).toBe(1);
  });
});
