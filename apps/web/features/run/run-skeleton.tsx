import { HeaderSkeleton, PanelSkeleton } from '#features/ui/skeleton.tsx';
import { PageStack } from '#features/ui/stack.tsx';
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
        <PageStack>
          <PanelSkeleton height={340} />
          <PanelSkeleton height={400} />
        </PageStack>
      </div>
    </div>
  </>
);
