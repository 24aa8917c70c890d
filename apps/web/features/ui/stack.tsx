import type { ReactNode } from 'react';
import classes from './stack.module.css';

/** The parts of a page below each other, at the distance that all pages share. */
export const PageStack = ({ children }: { children: ReactNode }) => <div className={classes.stack}>{children}</div>;
