import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { startDatasetInspection } from '@espalier/compression-workflow/client';
import { digestOf } from '@espalier/core/node';
import { openStorage } from '@espalier/storage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codesOf, globalId, startTestApi, type TestApi } from './harness.ts';

const registerModel = `mutation ($input: RegisterModelInput!) {
  registerModel(input: $input) { model { id name architecture inputShape classes versions { id } } userErrors { code message hint path } }
}`;
const registerDataset = `mutation ($input: RegisterDatasetInput!) {
  registerDataset(input: $input) { dataset { id name status path classes } userErrors { code message path } }
}`;

describe('registering', () => {
  let api: TestApi;
  let organization: string;
  let organizationId: string;
  let token: string;
  let viewerToken: string;
  let roots: string;
  beforeAll(async () => {
    api = await startTestApi();
    ({ id: organizationId } = await api.make.organization());
    organization = globalId('Organization', { id: organizationId });
    token = await api.token((await api.make.user({ memberships: [{ organizationId, role: 'member' }] })).id);
    viewerToken = await api.token((await api.make.user({ memberships: [{ organizationId, role: 'viewer' }] })).id);
    roots = path.join(api.home, 'datasets');
    await mkdir(roots);
  });
  afterAll(() => api.close());

  describe('a model', () => {
    const model = { name: 'digits', architecture: 'resnet20', inputShape: [28, 28, 1], classes: 10, idempotencyKey: 'digits' };
    const register = async (input: object, by = token) => {
      const answer = await api.ask(registerModel, { input: { organization, ...model, ...input } }, by);
      expect(answer.errors).toBeUndefined();
      return answer.data?.registerModel as { model: { id: string } | null; userErrors: { code: string; path: string[] }[] };
    };

    it('gives it, without a version, and the same again for the same key', async () => {
      const first = await register({});
      expect(first).toMatchObject({ model: { name: 'digits', architecture: 'resnet20', versions: [] }, userErrors: [] });
      expect((await register({})).model?.id).toBe(first.model?.id);
    });

    it.each([
      ['a name that is taken', { idempotencyKey: 'other' }, 'CONFLICT', ['name']],
      ['no name', { name: '  ', idempotencyKey: 'x' }, 'BAD_INPUT', ['name']],
      ['an architecture nobody knows', { architecture: 'resnet21', idempotencyKey: 'x' }, 'BAD_INPUT', ['architecture']],
      ['images it cannot take', { inputShape: [28, 28], idempotencyKey: 'x' }, 'BAD_INPUT', ['inputShape']],
      ['no classes', { classes: 0, idempotencyKey: 'x' }, 'BAD_INPUT', ['classes']],
      ['an organization nobody has', { organization: 'nonsense' }, 'NOT_FOUND', ['organization']],
    ])('with %s is refused', async (_, input, code, where) => {
      expect(await register(input)).toMatchObject({ model: null, userErrors: [{ code, path: where }] });
    });

    it('is not for someone who may only look', async () => {
      expect(await register({ idempotencyKey: 'v' }, viewerToken)).toMatchObject({ model: null, userErrors: [{ code: 'FORBIDDEN' }] });
    });
  });

  describe('a dataset', () => {
    const register = async (input: object, by = token) => {
      const given = { organization, name: 'mnist', format: 'idx', path: path.join(roots, 'mnist'), idempotencyKey: 'mnist', ...input };
      const answer = await api.ask(registerDataset, { input: given }, by);
      expect(answer.errors).toBeUndefined();
      return answer.data?.registerDataset as { dataset: { id: string } | null; userErrors: { code: string; message: string }[] };
    };

    it('writes it down and has it inspected once', async () => {
      const first = await register({});
      expect(first).toMatchObject({ dataset: { name: 'mnist', status: 'INSPECTING', classes: [] }, userErrors: [] });
      expect((await register({})).dataset?.id).toBe(first.dataset?.id);
      const { id: datasetId } = await api.database.prisma.dataset.findFirstOrThrow({ where: { name: 'mnist' } });
      const handle = (await api.workflows()).workflow.getHandle(`inspect-${datasetId}`);
      expect((await handle.describe()).status.name).toBe('RUNNING');
      await expect(startDatasetInspection(await api.workflows(), { datasetId, pool: 'default' })).resolves.toBeUndefined();
    });

    it.each([
      ['a format nobody reads', { format: 'tar', idempotencyKey: 'x', name: 'x' }],
      ['a place outside the data folders', { path: '/etc', idempotencyKey: 'x', name: 'x' }],
      ['a way out of the data folders', { path: `/DATA/../../etc`, idempotencyKey: 'x', name: 'x' }],
      ['a data folder itself', { path: '/DATA', idempotencyKey: 'x', name: 'x' }],
      ['a relative path', { path: 'mnist', idempotencyKey: 'x', name: 'x' }],
    ])('in %s is refused', async (_, input) => {
      const placed = 'path' in input ? { ...input, path: input.path.replace('/DATA', roots) } : input;
      expect(await register(placed)).toMatchObject({ dataset: null, userErrors: [{ code: 'BAD_INPUT' }] });
    });

    it('behind a link that leads out of the data folders is refused', async () => {
      await symlink('/etc', path.join(roots, 'elsewhere'));
      const { userErrors } = await register({ path: path.join(roots, 'elsewhere', 'ssl'), idempotencyKey: 'l', name: 'l' });
      expect(userErrors).toMatchObject([{ code: 'BAD_INPUT', message: expect.stringContaining('data folder') }]);
    });
  });

  describe('and downloading a version', () => {
    const bytes = Buffer.from('the file of a network');
    let versionId: string;
    beforeAll(async () => {
      await openStorage(path.join(api.home, 'artifacts')).put({ bytes }, 'network');
      const model = await api.make.model(organizationId, { name: 'résumé "net"' });
      ({ id: versionId } = await api.make.version(model.id, { digest: digestOf(bytes) }));
    });
    const download = (id: string, by?: string) =>
      fetch(`${api.url}/download/model-versions/${id}`, by === undefined ? {} : { headers: { authorization: `Bearer ${by}` } });

    it('gives the bytes that its digest names, under a name', async () => {
      const query = 'query ($id: ID!) { node(id: $id) { ... on ModelVersion { downloadPath digest } } }';
      const { data } = await api.ask(query, { id: globalId('ModelVersion', { id: versionId }) }, viewerToken);
      expect(data?.node).toEqual({ downloadPath: `/download/model-versions/${versionId}`, digest: digestOf(bytes) });
      const response = await download(versionId, viewerToken);
      expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
      expect(response.headers.get('content-disposition')).toBe(
        `attachment; filename="r_sum___net_-v1.zip"; filename*=UTF-8''r%C3%A9sum%C3%A9%20%22net%22-v1.zip`,
      );
    });

    it('is not for strangers, not for other organizations, and not of what is not there', async () => {
      const { id: elsewhere } = await api.make.organization();
      const outsider = await api.token((await api.make.user({ memberships: [{ organizationId: elsewhere, role: 'owner' }] })).id);
      expect((await download(versionId)).status).toBe(401);
      const foreign = await download(versionId, outsider);
      const unknown = await download('00000000-0000-4000-8000-000000000000', outsider);
      expect(foreign.status).toBe(404);
      expect(await foreign.json()).toEqual(await unknown.json());
      expect((await download('..%2F..%2Fetc%2Fpasswd', outsider)).status).toBe(404);
    });
  });

  it('needs somebody who is signed in', async () => {
    expect(codesOf(await api.ask('{ zoo { name } }'))).toEqual(['NOT_SIGNED_IN']);
    expect(codesOf(await api.ask('{ methods { name } }'))).toEqual(['NOT_SIGNED_IN']);
    const { data } = await api.ask('{ zoo { name inputShape } methods { name settings } }', {}, viewerToken);
    expect(data?.zoo).toContainEqual({ name: 'resnet20', inputShape: [32, 32, 3] });
    expect(data?.methods).toContainEqual({ name: 'exp', settings: expect.any(Object) });
  });
});
