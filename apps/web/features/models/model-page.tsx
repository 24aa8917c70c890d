// Server only.
import { IconGitCommit } from '@tabler/icons-react';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { ModelDocument, type ModelQuery } from '#generated/graphql.ts';
import { query } from '#features/api/query.ts';
import { EmptyState } from '#features/ui/empty-state.tsx';
import { formatShape } from '#features/ui/format.ts';
import { PageHeader } from '#features/ui/page-header.tsx';
import { Panel } from '#features/ui/panel.tsx';
import { PageStack } from '#features/ui/stack.tsx';
import { Ago } from '#features/ui/time.tsx';
import { LayersPanel } from './layers-panel.tsx';
import { VersionsTable } from './versions-table.tsx';

export type ModelDetails = Extract<NonNullable<ModelQuery['node']>, { __typename: 'Model' }>;

const readModel = cache(async (id: string): Promise<ModelDetails> => {
  const { node } = await query(ModelDocument, { id });
  return node?.__typename === 'Model' ? node : notFound();
});

export const modelTitle = async (id: string): Promise<string> => (await readModel(id)).name;

export async function ModelPage({ id }: { id: string }) {
  const { name, architecture, inputShape, classes, createdAt, versions, latestVersion } = await readModel(id);
  const nowMs = Date.now();
  return (
    <>
      <PageHeader title={name} trail={[{ href: '/models', label: 'Models' }]}>
        <span>{architecture}</span>
        <span>images of {formatShape(inputShape)}</span>
        <span>{classes} classes</span>
        <span>
          registered <Ago at={createdAt} nowMs={nowMs} />
        </span>
      </PageHeader>
      <PageStack>
        <Panel title="Versions" flush>
          {versions.length === 0 ? (
            <EmptyState icon={IconGitCommit} title="No versions yet">
              The first training run of this model registers its first version when it ends.
            </EmptyState>
          ) : (
            <VersionsTable versions={versions} nowMs={nowMs} />
          )}
        </Panel>
        {latestVersion && <LayersPanel title={`Layers of version ${latestVersion.number}`} layers={latestVersion.layers} />}
      </PageStack>
    </>
  );
}
