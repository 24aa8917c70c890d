// Server only.
import { RunsDocument } from '#generated/graphql.ts';
import { query } from '#features/api/query.ts';
import { currentOrganization } from '#features/session/viewer.ts';
import { NoOrganization } from '#features/shell/no-organization.tsx';
import { PageHeader } from '#features/ui/page-header.tsx';
import { RunList } from './run-list.tsx';
import { runsPerPage } from './runs-per-page.ts';

export async function RunsPage() {
  const organization = await currentOrganization();
  if (!organization) return <NoOrganization />;
  const { node } = await query(RunsDocument, { organization: organization.id, first: runsPerPage });
  if (node?.__typename !== 'Organization') return <NoOrganization />;
  return (
    <>
      <PageHeader title="Runs" />
      <RunList key={organization.id} organizationId={organization.id} initial={node.runs} renderedAtMs={Date.now()} />
    </>
  );
}
