import { HeaderSkeleton, PanelSkeleton } from '#features/ui/skeleton.tsx';
import classes from './run-view.module.css';

export const RunSkeleton = () => (
  <>
    <HeaderSkeleton />
    <div className={classes.columns}>
      <div className={classes.main}>
        <PanelSkeleton height={466} />
        <PanelSkeleton height={320} />
        <PanelSkeleton height={270} />
      </div>
      <div className={classes.side}>
        <div className={classes.first}>
          <PanelSkeleton height={340} />
        </div>
        <div className={classes.last}>
          <PanelSkeleton height={400} />
        </div>
      </div>
    </div>
  </>
);
