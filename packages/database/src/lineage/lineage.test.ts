import { createGenerator } from '@espalier/core';
import { testDatabase } from '@espalier/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from '../open.ts';
import { Factory } from '../testing/factories.ts';
import { readLineage, type LineageEdge } from './lineage.ts';

describe('the lineage of what an organization has', () => {
  let database: Database;
  let organizationId: string;
  let strangerId: string;
  const things: string[] = [];
  const edges: LineageEdge[] = [];

  /** 40 runs, each from a random dataset and a random earlier version or none, three in four with an output. */
  beforeAll(async () => {
    database = openDatabase((await testDatabase()).url);
    const make = new Factory(database.prisma);
    const random = createGenerator(7, 'test', 'lineage');
    const pick = <T>(list: readonly T[]): T | undefined => list[random.integer(list.length)];
    ({ id: organizationId } = await make.organization());
    ({ id: strangerId } = await make.organization());
    const { id: modelId } = await make.model(organizationId);
    const datasets: string[] = [];
    for (let index = 0; index < 3; index += 1) datasets.push((await make.dataset(organizationId)).id);
    const versions: string[] = [];
    things.push(...datasets);
    for (let index = 0; index < 40; index += 1) {
      const inputVersionId = index % 5 === 0 ? undefined : pick(versions);
      const datasetId = pick(datasets)!;
      const { id: runId } = await make.run({ organizationId, modelId, datasetId }, { inputVersionId: inputVersionId ?? null });
      things.push(runId);
      edges.push({ from: datasetId, to: runId, role: 'dataset' });
      if (inputVersionId !== undefined) edges.push({ from: inputVersionId, to: runId, role: 'input' });
      if (index % 4 === 3) continue;
      const { id: versionId } = await make.version(modelId, { runId, parentId: inputVersionId ?? null });
      versions.push(versionId);
      things.push(versionId);
      edges.push({ from: runId, to: versionId, role: 'output' });
    }
  });
  afterAll(() => database.close());

  /** The same question answered without SQL: breadth first along the arrows, then against them. */
  function expected(id: string, depth: number) {
    const steps = new Map([[id, 0]]);
    let truncated = false;
    for (const [start, end] of [
      ['from', 'to'],
      ['to', 'from'],
    ] as const) {
      const seen = new Map([[id, 0]]);
      for (const [thing, step] of seen) {
        for (const edge of edges) if (edge[start] === thing && !seen.has(edge[end])) seen.set(edge[end], step + 1);
      }
      for (const [thing, step] of seen) {
        if (step <= depth) steps.set(thing, step);
        else truncated = true;
      }
    }
    const within = edges.filter(({ from, to }) => steps.has(from) && steps.has(to));
    return { ids: [...steps.keys()].sort(), edges: within.map(textOf).sort(), truncated };
  }
  const textOf = ({ from, to, role }: LineageEdge): string => `${from} ${role} ${to}`;

  async function found(id: string, depth: number) {
    const lineage = await readLineage(database, { organizationId, id, depth });
    return {
      ids: lineage?.nodes.map((node) => node.id).sort(),
      edges: lineage?.edges.map(textOf).sort(),
      truncated: lineage?.truncated,
    };
  }

  it.each([0, 1, 2, 5, 100])('is what a walk without SQL finds, from every thing, %i steps deep', async (depth) => {
    for (const id of things) expect(await found(id, depth)).toEqual(expected(id, depth));
  });

  it('is null for what another organization has', async () => {
    expect(await readLineage(database, { organizationId: strangerId, id: things[0]!, depth: 5 })).toBeNull();
  });

  it('ends on rows that form a circle', async () => {
    const make = new Factory(database.prisma);
    const { id: modelId } = await make.model(organizationId, { name: 'circle', idempotencyKey: 'circle' });
    const { id: datasetId } = await make.dataset(organizationId, { name: 'circle', idempotencyKey: 'circle' });
    const version = await make.version(modelId);
    const run = await make.run({ organizationId, modelId, datasetId }, { inputVersionId: version.id, idempotencyKey: 'circle' });
    await database.prisma.modelVersion.update({ where: { id: version.id }, data: { runId: run.id } });
    expect((await found(version.id, 50)).ids).toEqual([datasetId, run.id, version.id].sort());
  });
});
