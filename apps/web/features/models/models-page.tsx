// Server only.
import { IconTopologyStar3 } from '@tabler/icons-react';
import Link from 'next/link';
import { ModelsDocument } from '#generated/graphql.ts';
import { query } from '#features/api/query.ts';
import { currentOrganization } from '#features/session/viewer.ts';
import { NoOrganization } from '#features/shell/no-organization.tsx';
import { DataTable, numeric } from '#features/ui/data-table.tsx';
import { EmptyState } from '#features/ui/empty-state.tsx';
import { formatBytes, formatQuantity, formatShape, missing } from '#features/ui/format.ts';
import { formatQuality } from '#features/ui/quality.ts';
import { linkToModel, linkToVersion } from '#features/ui/links.ts';
import { MorePages } from '#features/ui/more-pages.tsx';
import { PageHeader } from '#features/ui/page-header.tsx';
import panel from '#features/ui/panel.module.css';

const modelsPerPage = 50;

export async function ModelsPage({ after }: { after: string | undefined }) {
  const organization = await currentOrganization();
  if (!organization) return <NoOrganization />;
  const { node } = await query(ModelsDocument, { organization: organization.id, first: modelsPerPage, after });
  if (node?.__typename !== 'Organization') return <NoOrganization />;
  const models = node.models.edges.map((edge) => edge.node);
  return (
    <>
      <PageHeader title="Models" />
      <div className={panel.panel}>
        {models.length === 0 ? (
          <EmptyState icon={IconTopologyStar3} title="No models yet">
            A model is a network that the team works on; each training and each compression adds a version to it. Register the first with
            the <code>registerModel</code> mutation at <code>/graphql</code>.
          </EmptyState>
        ) : (
          <DataTable
            label="Models"
            columns={[
              'Model',
              'Architecture',
              'Input',
              numeric('Classes'),
              'Latest version',
              numeric('Accuracy or mAP'),
              numeric('Parameters'),
              numeric('MACs'),
              numeric('Size'),
            ]}
          >
            {models.map(({ id, name, architecture, inputShape, classes, latestVersion: latest }) => (
              <tr key={id}>
                <th scope="row">
                  <Link href={linkToModel(id)} className="link">
                    {name}
                  </Link>
                </th>
                <td>{architecture}</td>
                <td>{formatShape(inputShape)}</td>
                <td data-number>{classes}</td>
                <td>
                  {latest ? (
                    <Link href={linkToVersion(latest.id)} className="link">
                      version {latest.number}
                    </Link>
                  ) : (
                    'none yet'
                  )}
                </td>
                <td data-number>{formatQuality(latest?.detection ?? latest?.measurement)}</td>
                <td data-number>{latest ? formatQuantity(latest.parameters) : missing}</td>
                <td data-number>{latest ? formatQuantity(latest.macs) : missing}</td>
                <td data-number>{latest ? formatBytes(latest.bytes) : missing}</td>
              </tr>
            ))}
          </DataTable>
        )}
      </div>
      <MorePages path="/models" after={after} pageInfo={node.models.pageInfo} />
    </>
  );
}
