import { IconAlertTriangle, IconCpu } from '@tabler/icons-react';
import type { RunStateFragment } from '#generated/graphql.ts';
import { formatShare } from '#features/ui/format.ts';
import { Panel } from '#features/ui/panel.tsx';
import { ProgressBar, toneOf } from '#features/ui/progress-bar.tsx';
import { StatusMark } from '#features/ui/status-badge.tsx';
import { currentDevice, deviceSummary, prepareStages, runFraction, type StageRow } from './prepare-stages.ts';
import classes from './stages-panel.module.css';

export function StagesPanel({ stages, nowMs }: { stages: RunStateFragment['stages']; nowMs: number }) {
  const device = currentDevice(stages);
  return (
    <Panel title="Stages" aside={<span className="soft numbers">{formatShare(runFraction(stages), 0)}</span>}>
      <ol className={classes.stages}>
        {prepareStages(stages, nowMs).map((stage) => (
          <StageItem key={stage.key} stage={stage} />
        ))}
      </ol>
      <div className={classes.device}>
        <IconCpu size={16} aria-hidden />
        <span>{device ? deviceSummary(device) : 'The device shows once a worker has taken the run.'}</span>
      </div>
      {device?.warning && (
        <p className={classes.warning}>
          <IconAlertTriangle size={16} aria-hidden />
          <span>{device.warning}</span>
        </p>
      )}
    </Panel>
  );
}

function StageItem({ stage }: { stage: StageRow }) {
  const { title, status, fraction, details, duration, attempt, problem } = stage;
  return (
    <li className={classes.stage} data-status={status} aria-current={status === 'RUNNING' ? 'step' : undefined}>
      <StatusMark status={status} />
      <div className={classes.body}>
        <div className={classes.head}>
          <span className={classes.title}>{title}</span>
          <span className="soft numbers">{duration}</span>
        </div>
        {status === 'RUNNING' && (
          <>
            <ProgressBar fraction={fraction} label={`Progress of ${title}`} tone={toneOf(status)} />
            <span className={classes.details}>
              {details.map((detail) => (
                <span key={detail}>{detail}</span>
              ))}
            </span>
          </>
        )}
        {attempt > 1 && <span className={classes.details}>taken up again from its last checkpoint, attempt {attempt}</span>}
        {problem && <span className={classes.problem}>{problem.message}</span>}
      </div>
    </li>
  );
}
