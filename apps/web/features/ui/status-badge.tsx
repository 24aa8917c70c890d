import { IconBan, IconCheck, IconClock, IconLoader2, IconMinus, IconSearch, IconX, type TablerIcon } from '@tabler/icons-react';
import classes from './status-badge.module.css';

interface StatusLook {
  label: string;
  tone: 'good' | 'busy' | 'bad' | 'warn' | 'quiet';
  icon: TablerIcon;
}

/** Every status of runs, stages and datasets. Each has its own icon: colour only repeats what icon and word say. */
const looks: Record<string, StatusLook> = {
  QUEUED: { label: 'Queued', tone: 'quiet', icon: IconClock },
  WAITING: { label: 'Waiting', tone: 'quiet', icon: IconClock },
  RUNNING: { label: 'Running', tone: 'busy', icon: IconLoader2 },
  INSPECTING: { label: 'Inspecting', tone: 'busy', icon: IconSearch },
  SUCCEEDED: { label: 'Succeeded', tone: 'good', icon: IconCheck },
  READY: { label: 'Ready', tone: 'good', icon: IconCheck },
  FAILED: { label: 'Failed', tone: 'bad', icon: IconX },
  REFUSED: { label: 'Refused', tone: 'bad', icon: IconX },
  SKIPPED: { label: 'Skipped', tone: 'quiet', icon: IconMinus },
  CANCELLED: { label: 'Cancelled', tone: 'warn', icon: IconBan },
};

const lookOf = (status: string): StatusLook => looks[status] ?? { label: status, tone: 'quiet', icon: IconClock };

export function StatusBadge({ status }: { status: string }) {
  const { label, tone, icon: Icon } = lookOf(status);
  return (
    <span className={classes.badge} data-tone={tone}>
      <Icon size={14} stroke={2.2} aria-hidden data-spins={status === 'RUNNING' || undefined} />
      {label}
    </span>
  );
}

/** The status as a round mark; the word is there for whoever cannot see it. */
export function StatusMark({ status }: { status: string }) {
  const { label, tone, icon: Icon } = lookOf(status);
  return (
    <span className={classes.mark} data-tone={tone} role="img" aria-label={label} title={label}>
      <Icon size={14} stroke={2.4} aria-hidden data-spins={status === 'RUNNING' || undefined} />
    </span>
  );
}
