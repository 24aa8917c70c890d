import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { RecipeSchema, isFinal, stagesOf, type DatasetFormat, type RecipeInput } from '@espalier/core';
import { openDatabase, type Database } from '@espalier/database';
import { testDatabase, testTemporal } from '@espalier/testing';
import { FolderStorage } from '@espalier/storage';
import type { Client } from '@temporalio/client';
import { connectToWorkflows, startRunWorkflow, type TemporalAddress } from '../../src/client/index.ts';

export const training = { epochs: 2, learningRate: 0.05 };
export const trainingRecipe: RecipeInput = { kind: 'training', training };
export const compressionRecipe = (rounds = 1): RecipeInput => ({
  kind: 'compression',
  method: { name: 'exp' },
  target: { measure: 'macs', reductionRatio: 0.5 },
  rounds,
  retraining: training,
});
/** A compression whose method searches, as the scripted trainer understands it. */
export const searchRecipe = (search: { generations: number; candidates: number }): RecipeInput => ({
  kind: 'compression',
  method: { name: 'scripted', settings: search },
  target: { measure: 'macs', reductionRatio: 0.5 },
  retraining: { epochs: 1, learningRate: 0.05 },
});

/** A database, a namespace of Temporal's, a storage and a folder, and in the database one model and one dataset to run with. */
export class World {
  static async open(): Promise<World> {
    const folder = mkdtempSync(path.join(tmpdir(), 'espalier-runs-'));
    mkdirSync(path.join(folder, 'datasets/digits'), { recursive: true });
    const { url } = await testDatabase();
    const temporal = await testTemporal();
    const database = openDatabase(url);
    const { id: organizationId } = await database.prisma.organization.create({ data: { name: 'Team', slug: 'team' } });
    const client = await connectToWorkflows(temporal);
    const world = new World(folder, url, temporal, database, client, organizationId);
    world.#modelId = await world.registerModel({ architecture: 'resnet20', inputShape: [28, 28, 1], classes: 10 });
    world.#datasetId = await world.registerDataset(path.join(folder, 'datasets/digits'));
    return world;
  }

  readonly storage: FolderStorage;
  #modelId = '';
  #datasetId = '';

  private constructor(
    readonly folder: string,
    readonly databaseUrl: string,
    readonly temporal: TemporalAddress,
    readonly database: Database,
    readonly client: Client,
    readonly organizationId: string,
  ) {
    this.storage = new FolderStorage(path.join(folder, 'artifacts'));
  }

  get modelId(): string {
    return this.#modelId;
  }

  async registerModel(network: { architecture: string; inputShape: number[]; classes: number }): Promise<string> {
    const { architecture } = network;
    const { id } = await this.database.prisma.model.create({
      data: { organizationId: this.organizationId, name: architecture, ...network, idempotencyKey: architecture },
    });
    return id;
  }

  async registerDataset(place: string, format: DatasetFormat = 'idx'): Promise<string> {
    const { id } = await this.database.prisma.dataset.create({
      data: { organizationId: this.organizationId, name: place, format, path: place, idempotencyKey: place },
    });
    return id;
  }

  /** Writes a run's rows, as the API does before it starts the workflow. */
  async writeRun(
    input: RecipeInput,
    { inputVersionId = null, modelId = this.#modelId, datasetId = this.#datasetId }: RunOptions = {},
  ): Promise<string> {
    const recipe = RecipeSchema.parse(input);
    const { id } = await this.database.prisma.run.create({
      data: {
        organizationId: this.organizationId,
        modelId,
        datasetId,
        inputVersionId,
        kind: recipe.kind,
        title: recipe.kind,
        // To Prisma a record of unknown values is no JSON; to say how it is written is enough.
        recipe: { toJSON: () => recipe },
        idempotencyKey: randomUUID(),
        stages: { create: stagesOf(recipe).map((stage, position) => ({ ...stage, position })) },
      },
    });
    return id;
  }

  async startRun(input: RecipeInput, options?: RunOptions): Promise<string> {
    const runId = await this.writeRun(input, options);
    await startRunWorkflow(this.client, { runId, pool: input.pool ?? 'default' });
    return runId;
  }

  /** Waits for the workflow's end, however it ends; afterwards the row must say the same. */
  async endOf(runId: string) {
    await this.client.workflow
      .getHandle(runId)
      .result()
      .catch(() => undefined);
    const run = await this.run(runId);
    if (!isFinal(run.status)) throw new Error(`the workflow of run ${runId} has ended, but its row says ${run.status}`);
    return run;
  }

  async run(runId: string) {
    return this.database.prisma.run.findUniqueOrThrow({
      where: { id: runId },
      include: {
        stages: { orderBy: { position: 'asc' } },
        output: true,
        lines: { orderBy: { seq: 'asc' } },
        points: { orderBy: { seq: 'asc' } },
      },
    });
  }

  async close(): Promise<void> {
    await this.client.connection.close();
    await this.database.close();
    rmSync(this.folder, { recursive: true });
  }
}

interface RunOptions {
  readonly inputVersionId?: string | null;
  readonly modelId?: string;
  readonly datasetId?: string;
}

export async function until(holds: () => Promise<boolean>, seconds = 60): Promise<void> {
  for (let asked = 0; asked < seconds * 10; asked++) {
    if (await holds()) return;
    await sleep(100);
  }
  throw new Error(`it did not come to that within ${seconds} s`);
}
