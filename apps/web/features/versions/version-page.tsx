// Server only.
import { IconDownload } from '@tabler/icons-react';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { LineageDocument, VersionDocument, type VersionQuery } from '#generated/graphql.ts';
import { query } from '#features/api/query.ts';
import { LineagePanel } from '#features/lineage/lineage-panel.tsx';
import { LayersPanel } from '#features/models/layers-panel.tsx';
import { CopyText } from '#features/ui/copy-text.tsx';
import { Figures } from '#features/ui/facts.tsx';
import { shortDigest } from '#features/ui/format.ts';
import { linkToModel, linkToRun, linkToVersion } from '#features/ui/links.ts';
import { PageHeader } from '#features/ui/page-header.tsx';
import { PageStack } from '#features/ui/stack.tsx';
import { Ago } from '#features/ui/time.tsx';
import { ClassPrecisionPanel } from './class-precision-panel.tsx';
import { DownloadButton } from './download-button.tsx';
import { versionFigures } from './prepare-figures.ts';
import { ProvenancePanel, type AskedChannels } from './provenance-panel.tsx';

export type VersionDetails = Extract<NonNullable<VersionQuery['node']>, { __typename: 'ModelVersion' }>;

const lineageDepth = 20;

const readVersion = cache(async (id: string): Promise<VersionDetails> => {
  const { node } = await query(VersionDocument, { id });
  return node?.__typename === 'ModelVersion' ? node : notFound();
});

const titleOf = ({ model, number }: VersionDetails) => `${model.name}, version ${number}`;
export const versionTitle = async (id: string): Promise<string> => titleOf(await readVersion(id));

export async function VersionPage({ id, channels }: { id: string; channels: AskedChannels }) {
  const [version, { lineage }] = await Promise.all([readVersion(id), query(LineageDocument, { of: id, depth: lineageDepth })]);
  const { model, digest, producedBy, parent, createdAt, downloadPath, layers } = version;
  return (
    <>
      <PageHeader
        title={titleOf(version)}
        trail={[
          { href: '/models', label: 'Models' },
          { href: linkToModel(model.id), label: model.name },
        ]}
        actions={
          <DownloadButton href={downloadPath}>
            <IconDownload size={18} aria-hidden /> Download
          </DownloadButton>
        }
      >
        <CopyText text={digest} shown={shortDigest(digest)} what="digest" />
        <span>
          registered <Ago at={createdAt} nowMs={Date.now()} />
        </span>
        {producedBy && (
          <span>
            made by{' '}
            <Link href={linkToRun(producedBy.id)} className="link">
              {producedBy.title}
            </Link>
          </span>
        )}
        {parent && (
          <span>
            from{' '}
            <Link href={linkToVersion(parent.id)} className="link">
              {parent.model.name}, version {parent.number}
            </Link>
          </span>
        )}
      </PageHeader>
      <PageStack>
        <Figures figures={versionFigures(version)} />
        {version.detection && <ClassPrecisionPanel detection={version.detection} />}
        <LineagePanel lineage={lineage} subject={id} />
        <LayersPanel title="Layers" layers={layers} />
        <ProvenancePanel id={id} {...channels} />
      </PageStack>
    </>
  );
}
