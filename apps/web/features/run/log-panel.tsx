'use client';

import { useEffect, useRef } from 'react';
import type { LogEntryFragment } from '#generated/graphql.ts';
import { Panel } from '#features/ui/panel.tsx';
import { ClockTime } from '#features/ui/time.tsx';
import classes from './log-panel.module.css';

/** Nearer to the end than this the reader wants to see what comes; further up they are reading. */
const nearEndPx = 40;

export function LogPanel({ log }: { log: readonly LogEntryFragment[] }) {
  const box = useRef<HTMLDivElement>(null);
  const follows = useRef(true);

  useEffect(() => {
    if (box.current && follows.current) box.current.scrollTop = box.current.scrollHeight;
  }, [log]);

  return (
    <Panel title="Log" flush>
      <div
        ref={box}
        className={classes.log}
        role="log"
        aria-label="Log"
        aria-live="off"
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          follows.current = scrollHeight - scrollTop - clientHeight < nearEndPx;
        }}
      >
        {log.length === 0 && <p className={classes.empty}>Nothing was logged yet.</p>}
        {log.map(({ id, at, level, text }) => (
          <p key={id} className={classes.line} data-level={level}>
            <ClockTime at={at} />
            {level !== 'info' && <strong>{level}</strong>}
            <span>{text}</span>
          </p>
        ))}
      </div>
    </Panel>
  );
}
