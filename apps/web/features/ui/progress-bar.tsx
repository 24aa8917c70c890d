import classes from './progress-bar.module.css';

interface ProgressBarProps {
  /** 0 to 1. */
  fraction: number;
  label: string;
  tone?: 'busy' | 'good' | 'bad' | 'quiet';
}

export function ProgressBar({ fraction, label, tone = 'busy' }: ProgressBarProps) {
  const percent = Math.round(fraction * 100);
  return (
    <div role="progressbar" aria-label={label} aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100} className={classes.track}>
      <div className={classes.fill} data-tone={tone} style={{ width: `${percent}%` }} />
    </div>
  );
}

/** The tone of the bar of something in this status. */
export function toneOf(status: string): NonNullable<ProgressBarProps['tone']> {
  if (status === 'SUCCEEDED') return 'good';
  if (status === 'FAILED') return 'bad';
  return status === 'RUNNING' ? 'busy' : 'quiet';
}
