import { Skeleton } from '@mantine/core';
import classes from './panel.module.css';

/** The place of a page's heading, at its final height. */
export function HeaderSkeleton({ trail = true, line = true }: { trail?: boolean; line?: boolean }) {
  return (
    <div style={{ marginBottom: 24 }} role="status" aria-label="Loading">
      {trail && <Skeleton width={90} height={12} my={5} />}
      <Skeleton width={280} height={22} my={8} />
      {line && <Skeleton width={360} maw="100%" height={14} mt={10} mb={4} />}
    </div>
  );
}

/** The place of a panel whose inside will be `height` pixels high. */
export function PanelSkeleton({ height }: { height: number }) {
  return (
    <div className={classes.panel}>
      <div className={classes.header}>
        <Skeleton width={140} height={16} />
      </div>
      <div className={classes.body} style={{ height }}>
        <Skeleton height={height - 32} />
      </div>
    </div>
  );
}
