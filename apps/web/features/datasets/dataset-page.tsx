// Server only.
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { DatasetDocument, type DatasetQuery } from '#generated/graphql.ts';
import { query } from '#features/api/query.ts';
import { CopyText } from '#features/ui/copy-text.tsx';
import { Figures } from '#features/ui/facts.tsx';
import { formatCount, formatShape, shortDigest } from '#features/ui/format.ts';
import { PageHeader } from '#features/ui/page-header.tsx';
import { ProblemPanel } from '#features/ui/problem-panel.tsx';
import { PageStack } from '#features/ui/stack.tsx';
import { StatusBadge } from '#features/ui/status-badge.tsx';
import { Ago } from '#features/ui/time.tsx';
import { ClassesPanel } from './classes-panel.tsx';
import { SamplesPanel } from './samples-panel.tsx';
import { RefreshWhile } from './refresh-while.tsx';

export type DatasetDetails = Extract<NonNullable<DatasetQuery['node']>, { __typename: 'Dataset' }>;

const readDataset = cache(async (id: string): Promise<DatasetDetails> => {
  const { node } = await query(DatasetDocument, { id });
  return node?.__typename === 'Dataset' ? node : notFound();
});

export const datasetTitle = async (id: string): Promise<string> => (await readDataset(id)).name;

export async function DatasetPage({ id }: { id: string }) {
  const { name, status, format, path, shape, classes, splits, samples, digest, error, createdAt } = await readDataset(id);
  return (
    <>
      <PageHeader title={name} trail={[{ href: '/datasets', label: 'Datasets' }]} status={<StatusBadge status={status} />}>
        {digest && <CopyText text={digest} shown={shortDigest(digest)} what="digest" />}
        <span>
          {format.toUpperCase()} in <code>{path}</code>
        </span>
        <span>
          registered <Ago at={createdAt} nowMs={Date.now()} />
        </span>
      </PageHeader>
      <PageStack>
        {error && <ProblemPanel {...error} />}
        {status === 'INSPECTING' && (
          <p className="soft">
            A worker reads it through: digest, classes, counts and pictures follow. <RefreshWhile everyMs={2000} />
          </p>
        )}
        {shape && (
          <Figures
            figures={[
              { label: 'Images', value: formatShape(shape), detail: 'height × width × channels' },
              { label: 'Classes', value: formatCount(classes.length) },
              ...splits.map((split) => ({ label: `Examples for ${split.name}`, value: formatCount(split.examples) })),
            ]}
          />
        )}
        {samples.length > 0 && <SamplesPanel samples={samples} classes={classes} />}
        {classes.length > 0 && <ClassesPanel format={format} classes={classes} splits={splits} />}
      </PageStack>
    </>
  );
}
