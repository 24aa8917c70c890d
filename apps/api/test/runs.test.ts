import { randomUUID } from 'node:crypto';
import type { DatasetSummary, DetectionMeasurement } from '@espalier/core';
import { digestOf } from '@espalier/core/node';
import { completeMethodChoice } from '@espalier/pruning/catalogue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { globalId, startTestApi, type TestApi } from './harness.ts';

const startRun = `mutation ($input: StartRunInput!) {
  startRun(input: $input) {
    run { id status kind recipe input { number } stages { name round status } startedBy { name } viewerCanCancel }
    userErrors { code message hint path }
  }
}`;
const cancelRun = 'mutation ($run: ID!) { cancelRun(run: $run) { run { id status viewerCanCancel } userErrors { code path } } }';

const training = { kind: 'training', training: { epochs: 2, learningRate: 0.1 } };
const compression = {
  kind: 'compression',
  method: { name: 'exp' },
  target: { measure: 'macs', reductionRatio: 0.5 },
  retraining: { epochs: 1, learningRate: 0.05 },
};

const summary: DatasetSummary = {
  digest: digestOf('digits'),
  shape: [28, 28, 1],
  classes: Array.from({ length: 10 }, (_, digit) => String(digit)),
  splits: [{ name: 'training', examples: 2000, perClass: Array.from({ length: 10 }, () => 200) }],
  samples: [],
};

interface Started {
  run: { id: string; recipe: Record<string, unknown> } | null;
  userErrors: { code: string; message: string; path: string[] }[];
}

describe('starting a run', () => {
  let api: TestApi;
  let organizationId: string;
  let token: string;
  let viewerToken: string;
  let outsiderToken: string;
  let input: { model: string; dataset: string };
  let version: string;
  let modelId: string;
  beforeAll(async () => {
    api = await startTestApi();
    const { make } = api;
    ({ id: organizationId } = await make.organization());
    const { id: elsewhere } = await make.organization();
    token = await api.token((await make.user({ name: 'Ada', memberships: [{ organizationId, role: 'member' }] })).id);
    viewerToken = await api.token((await make.user({ memberships: [{ organizationId, role: 'viewer' }] })).id);
    outsiderToken = await api.token((await make.user({ memberships: [{ organizationId: elsewhere, role: 'owner' }] })).id);
    const model = await make.model(organizationId);
    modelId = model.id;
    version = globalId('ModelVersion', await make.version(modelId));
    input = { model: globalId('Model', model), dataset: globalId('Dataset', await make.dataset(organizationId, { summary })) };
  });
  afterAll(() => api.close());

  const start = async (given: object, by = token): Promise<Started> => {
    const full = { ...input, title: 'a run', recipe: training, idempotencyKey: randomUUID(), ...given };
    const answer = await api.ask(startRun, { input: full }, by);
    expect(answer.errors).toBeUndefined();
    return answer.data?.startRun as Started;
  };

  it('writes it with every default, its stages waiting, and starts its workflow', async () => {
    const { run, userErrors } = await start({});
    expect(userErrors).toEqual([]);
    expect(run).toMatchObject({
      status: 'QUEUED',
      kind: 'TRAINING',
      input: null,
      recipe: { seed: 1, pool: 'default', training: { epochs: 2, batchSize: 128, weightDecay: 5e-4 } },
      stages: ['train', 'evaluate', 'register'].map((name) => ({ name, round: 0, status: 'WAITING' })),
      startedBy: { name: 'Ada' },
      viewerCanCancel: true,
    });
    const { id } = await api.database.prisma.run.findFirstOrThrow({ where: { organizationId }, orderBy: { createdAt: 'desc' } });
    expect((await (await api.workflows()).workflow.getHandle(id).describe()).status.name).toBe('RUNNING');
  });

  it('writes out the defaults of the method as well', async () => {
    const { run } = await start({ recipe: compression, version });
    expect(run).toMatchObject({ kind: 'COMPRESSION', input: { number: 1 }, recipe: { method: { name: 'exp' }, rounds: 1 } });
    expect(run?.recipe).toMatchObject({ method: completeMethodChoice({ name: 'exp', settings: {} }) });
  });

  it('of one key 20 times at once gives one run and one id', async () => {
    const started = await Promise.all(Array.from({ length: 20 }, () => start({ idempotencyKey: 'once' })));
    expect(new Set(started.map(({ run }) => run?.id)).size).toBe(1);
    expect(await api.database.prisma.run.count({ where: { idempotencyKey: 'once' } })).toBe(1);
  });

  it('tells every fault of a recipe with its place', async () => {
    const recipe = { kind: 'training', seed: -1, training: { epochs: 0, learningRate: 0.1, momentum: 2 } };
    const { run, userErrors } = await start({ recipe });
    expect(run).toBeNull();
    expect(userErrors.map(({ code, path }) => `${code} ${path.join('.')}`)).toEqual([
      'BAD_RECIPE recipe.seed',
      'BAD_RECIPE recipe.training.epochs',
      'BAD_RECIPE recipe.training.momentum',
    ]);
  });

  const target = ['recipe', 'target', 'reductionRatio'];
  it.each<[string, { recipe?: object; input?: object }, string, string[]]>([
    ['a recipe of no kind', { recipe: { kind: undefined } }, 'BAD_RECIPE', ['recipe', 'kind']],
    ['a method nobody knows', { recipe: { method: { name: 'magic' } } }, 'BAD_RECIPE', ['recipe', 'method', 'name']],
    [
      'a setting the method lacks',
      { recipe: { method: { name: 'exp', settings: { magic: 1 } } } },
      'BAD_RECIPE',
      ['recipe', 'method', 'settings'],
    ],
    ['a target out of reach', { recipe: { target: { measure: 'macs', reductionRatio: 0.9999 } } }, 'TARGET_OUT_OF_REACH', target],
    ['a target that its floor forbids', { recipe: { minimumChannels: 60 } }, 'TARGET_OUT_OF_REACH', target],
    ['a compression of no version', { input: { version: null } }, 'BAD_INPUT', ['version']],
    ['a version of another model', { input: { version: 'nonsense' } }, 'NOT_FOUND', ['version']],
    [
      'a batch larger than the split',
      { recipe: { retraining: { epochs: 1, learningRate: 1, batchSize: 4096 } } },
      'BAD_RECIPE',
      ['recipe', 'retraining', 'batchSize'],
    ],
    ['no title', { input: { title: '' } }, 'BAD_INPUT', ['title']],
  ])('is refused with %s', async (_, change, code, where) => {
    const { run, userErrors } = await start({ version, recipe: { ...compression, ...change.recipe }, ...change.input });
    expect(run).toBeNull();
    expect(userErrors.map((error) => error.code)).toEqual([code]);
    expect(userErrors[0]?.path.slice(0, where.length)).toEqual(where);
  });

  it('is refused for a dataset that does not suit, or is not ready', async () => {
    const { make } = api;
    const colour = await make.dataset(organizationId, { summary: { ...summary, shape: [32, 32, 3] } });
    const unread = await make.dataset(organizationId, { status: 'inspecting' });
    const refused = await make.dataset(organizationId, { status: 'refused' });
    for (const dataset of [colour, unread, refused]) {
      const { userErrors } = await start({ dataset: globalId('Dataset', dataset) });
      expect(userErrors).toMatchObject([{ code: 'BAD_DATASET', path: ['dataset'] }]);
    }
  });

  it('knows how much can still be removed of a network that was cut before', async () => {
    const cut = await api.make.version(modelId, { parameters: 3000, macs: 200_000, parentId: (await firstVersion()).id });
    const { userErrors } = await start({
      version: globalId('ModelVersion', cut),
      recipe: { ...compression, target: { measure: 'macs', reductionRatio: 0.9 } },
    });
    expect(userErrors).toMatchObject([{ code: 'TARGET_OUT_OF_REACH', path: ['recipe', 'target', 'reductionRatio'] }]);
  });

  it('may show a model pictures that have to be resized in any case, but none of another size of their own', async () => {
    const shape: DatasetSummary['shape'] = [224, 224, 1];
    const datasetOf = async (more: Partial<DatasetSummary>): Promise<string> =>
      globalId('Dataset', await api.make.dataset(organizationId, { format: 'image-folder', summary: { ...summary, shape, ...more } }));
    expect((await start({ dataset: await datasetOf({ resized: true }) })).userErrors).toEqual([]);
    expect((await start({ dataset: await datasetOf({}) })).userErrors).toMatchObject([{ code: 'BAD_DATASET', path: ['dataset'] }]);
  });

  const firstVersion = () => api.database.prisma.modelVersion.findFirstOrThrow({ where: { modelId, number: 1 } });

  describe('of a detector', () => {
    const scenes: DatasetSummary = { ...summary, shape: [300, 300, 3], classes: ['disc', 'ring', 'star'] };
    let detector: { model: string; dataset: string; version: string };
    beforeAll(async () => {
      const { make } = api;
      const model = await make.model(organizationId, { architecture: 'ssd300-vgg16', inputShape: [300, 300, 3], classes: 4 });
      detector = {
        model: globalId('Model', model),
        version: globalId('ModelVersion', await make.version(model.id, { parameters: 23_000_000, macs: 28_000_000_000 })),
        dataset: globalId('Dataset', await make.dataset(organizationId, { format: 'voc', summary: scenes })),
      };
    });

    it('is not distilled, though compressions of classifiers are unless they say otherwise', async () => {
      expect((await start({ recipe: compression, version })).run?.recipe).toMatchObject({ distillation: { temperature: 4 } });
      const { run, userErrors } = await start({ ...detector, recipe: compression });
      expect(userErrors).toEqual([]);
      expect(run?.recipe).toMatchObject({ distillation: null });
      const asked = await start({ ...detector, recipe: { ...compression, distillation: { temperature: 4 } } });
      expect(asked.userErrors).toMatchObject([{ code: 'BAD_RECIPE', path: ['recipe', 'distillation'] }]);
    });

    it('is refused for a dataset of another kind or with other classes', async () => {
      const fewer = await api.make.dataset(organizationId, { format: 'voc', summary: { ...scenes, classes: ['disc'] } });
      const misfits = [
        [{ ...detector, dataset: input.dataset }, 'takes images of 300 × 300 × 3'],
        [{ ...detector, dataset: globalId('Dataset', fewer) }, 'tells 3 classes and the background apart'],
        [{ dataset: detector.dataset }, 'is a classifier'],
      ] as const;
      for (const [given, says] of misfits) {
        const { userErrors } = await start(given);
        expect(userErrors).toMatchObject([{ code: 'BAD_DATASET', path: ['dataset'], message: expect.stringContaining(says) as string }]);
      }
    });

    it('is measured by mean average precision, and has no accuracy to show', async () => {
      const precision = { voc07: 0.71, area: 0.73 };
      const measured: DetectionMeasurement = {
        split: 'test',
        examples: 5,
        meanAveragePrecision: precision,
        classes: [
          { name: 'disc', objects: 4, averagePrecision: precision },
          { name: 'ring', objects: 0, averagePrecision: null },
        ],
        parameters: 10,
        macs: 20,
        bytes: 30,
      };
      const { id: measuredModel } = await api.make.model(organizationId, { architecture: 'ssd300-vgg16' });
      const { id: datasetId } = await api.make.dataset(organizationId, { format: 'voc' });
      const id = globalId('ModelVersion', await api.make.version(measuredModel, { measurement: measured }));
      const run = globalId(
        'Run',
        await api.make.run({ organizationId, modelId: measuredModel, datasetId }, { result: { after: measured } }),
      );
      const detection =
        '{ examples meanAveragePrecision { voc07 area } classes { name objects averagePrecision { voc07 } } latency { medianMs } }';
      const answer = await api.ask(
        `query ($id: ID!, $run: ID!) {
          version: node(id: $id) { ... on ModelVersion { measurement { accuracy } detection ${detection} } }
          run: node(id: $run) { ... on Run { after { accuracy } detection { before { examples } after ${detection} } } }
        }`,
        { id, run },
        token,
      );
      const shown = {
        examples: 5,
        meanAveragePrecision: precision,
        classes: [
          { name: 'disc', objects: 4, averagePrecision: { voc07: 0.71 } },
          { name: 'ring', objects: 0, averagePrecision: null },
        ],
        latency: null,
      };
      expect(answer.errors).toBeUndefined();
      expect(answer.data).toEqual({
        version: { measurement: null, detection: shown },
        run: { after: null, detection: { before: null, after: shown } },
      });
    });
  });

  it('is not for viewers, and of other organizations there is nothing', async () => {
    expect((await start({}, viewerToken)).userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
    const foreign = await start({}, outsiderToken);
    expect(foreign.userErrors).toMatchObject([{ code: 'NOT_FOUND', message: 'there is no such model', path: ['model'] }]);
    expect((await start({ model: 'nonsense' })).userErrors).toEqual(foreign.userErrors);
  });

  describe('and cancelling it', () => {
    const cancel = async (run: string, by = token) =>
      (await api.ask(cancelRun, { run }, by)).data?.cancelRun as { run: object | null; userErrors: object[] };

    it('asks its workflow', async () => {
      const { run } = await start({});
      expect(await cancel(run?.id ?? '')).toMatchObject({ run: { id: run?.id }, userErrors: [] });
      const { id } = await api.database.prisma.run.findFirstOrThrow({ where: { organizationId }, orderBy: { createdAt: 'desc' } });
      const { events } = await (await api.workflows()).workflow.getHandle(id).fetchHistory();
      expect(events?.some(({ workflowExecutionCancelRequestedEventAttributes: asked }) => asked)).toBe(true);
    });

    it('ends it at once where no workflow was ever started, and not twice', async () => {
      const { id: datasetId } = await api.make.dataset(organizationId);
      const run = globalId('Run', await api.make.run({ organizationId, modelId, datasetId }));
      expect(await cancel(run, viewerToken)).toMatchObject({ run: null, userErrors: [{ code: 'FORBIDDEN' }] });
      expect(await cancel(run, outsiderToken)).toMatchObject({ run: null, userErrors: [{ code: 'NOT_FOUND' }] });
      expect(await cancel(run)).toEqual({ run: { id: run, status: 'CANCELLED', viewerCanCancel: false }, userErrors: [] });
      expect(await cancel(run)).toEqual({ run: null, userErrors: [{ code: 'CONFLICT', path: ['run'] }] });
    });
  });
});
