import Link from 'next/link';
import type { RunStateFragment } from '#generated/graphql.ts';
import { formatDuration } from '#features/ui/format.ts';
import { linkToDataset, linkToModel, linkToVersion } from '#features/ui/links.ts';
import { PageHeader } from '#features/ui/page-header.tsx';
import { StatusBadge } from '#features/ui/status-badge.tsx';
import { Ago } from '#features/ui/time.tsx';
import { CancelRun } from './cancel-run.tsx';
import type { RunDetails } from './live.ts';
import { recipeGist } from './recipe.ts';

interface RunHeaderProps {
  run: RunDetails;
  state: RunStateFragment;
  nowMs: number;
  onCancelled: (state: RunStateFragment) => void;
}

export function RunHeader({ run, state, nowMs, onCancelled }: RunHeaderProps) {
  const gist = recipeGist(run.recipe);
  const { startedAt, finishedAt, output } = state;
  return (
    <PageHeader
      title={run.title}
      trail={[{ href: '/runs', label: 'Runs' }]}
      status={<StatusBadge status={state.status} />}
      actions={state.viewerCanCancel && !finishedAt && <CancelRun runId={run.id} title={run.title} onCancelled={onCancelled} />}
    >
      <span>
        {gist ? `${gist.method}, ${gist.target}, of ` : 'Training of '}
        <Link href={linkToModel(run.model.id)} className="link">
          {run.model.name}
        </Link>
        {run.input && (
          <>
            {' '}
            <Link href={linkToVersion(run.input.id)} className="link">
              version {run.input.number}
            </Link>
          </>
        )}
        {' on '}
        <Link href={linkToDataset(run.dataset.id)} className="link">
          {run.dataset.name}
        </Link>
      </span>
      {output && (
        <span>
          made{' '}
          <Link href={linkToVersion(output.id)} className="link">
            version {output.number}
          </Link>
        </span>
      )}
      <span>
        started <Ago at={startedAt ?? run.createdAt} nowMs={nowMs} />
        {run.startedBy && ` by ${run.startedBy.name}`}
      </span>
      {startedAt && (
        <span className="numbers">
          {finishedAt ? 'took' : 'running for'} {formatDuration((finishedAt ? Date.parse(finishedAt) : nowMs) - Date.parse(startedAt))}
        </span>
      )}
    </PageHeader>
  );
}
