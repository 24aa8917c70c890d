// Server only.
import { IconDatabase } from '@tabler/icons-react';
import Link from 'next/link';
import { DatasetsDocument } from '#generated/graphql.ts';
import { query } from '#features/api/query.ts';
import { currentOrganization } from '#features/session/viewer.ts';
import { NoOrganization } from '#features/shell/no-organization.tsx';
import { DataTable, numeric } from '#features/ui/data-table.tsx';
import { EmptyState } from '#features/ui/empty-state.tsx';
import { formatCount, formatShape, missing } from '#features/ui/format.ts';
import { linkToDataset } from '#features/ui/links.ts';
import { MorePages } from '#features/ui/more-pages.tsx';
import { PageHeader } from '#features/ui/page-header.tsx';
import panel from '#features/ui/panel.module.css';
import { StatusBadge } from '#features/ui/status-badge.tsx';
import { Ago } from '#features/ui/time.tsx';
import { totalExamples } from './prepare-splits.ts';

const datasetsPerPage = 50;

export async function DatasetsPage({ after }: { after: string | undefined }) {
  const organization = await currentOrganization();
  if (!organization) return <NoOrganization />;
  const { node } = await query(DatasetsDocument, { organization: organization.id, first: datasetsPerPage, after });
  if (node?.__typename !== 'Organization') return <NoOrganization />;
  const datasets = node.datasets.edges.map((edge) => edge.node);
  const nowMs = Date.now();
  return (
    <>
      <PageHeader title="Datasets" />
      <div className={panel.panel}>
        {datasets.length === 0 ? (
          <EmptyState icon={IconDatabase} title="No datasets yet">
            A dataset is named where the workers see it, then read through once for its digest, classes and counts. Register one with the{' '}
            <code>registerDataset</code> mutation at <code>/graphql</code>.
          </EmptyState>
        ) : (
          <DataTable
            label="Datasets"
            columns={['Dataset', 'Status', 'Format', 'Images', numeric('Classes'), numeric('Examples'), numeric('Registered')]}
          >
            {datasets.map(({ id, name, status, format, shape, classes, splits, createdAt }) => (
              <tr key={id}>
                <th scope="row">
                  <Link href={linkToDataset(id)} className="link">
                    {name}
                  </Link>
                </th>
                <td>
                  <StatusBadge status={status} />
                </td>
                <td>{format.toUpperCase()}</td>
                <td>{shape ? formatShape(shape) : missing}</td>
                <td data-number>{classes.length || missing}</td>
                <td data-number>{splits.length > 0 ? formatCount(totalExamples(splits)) : missing}</td>
                <td data-number>
                  <Ago at={createdAt} nowMs={nowMs} />
                </td>
              </tr>
            ))}
          </DataTable>
        )}
      </div>
      <MorePages path="/datasets" after={after} pageInfo={node.datasets.pageInfo} />
    </>
  );
}
