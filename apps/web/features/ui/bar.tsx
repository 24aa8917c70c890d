import classes from './bar.module.css';

/** The length of a number that stands beside it. `share` is of the longest bar, 0 to 1. */
export const Bar = ({ share }: { share: number }) => <div aria-hidden className={classes.bar} style={{ width: `${share * 100}%` }} />;
