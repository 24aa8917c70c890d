'use client';

import { useEffect, useState, useSyncExternalStore } from 'react';
import { formatAgo } from './format.ts';

/**
 * The time now, in milliseconds, moving once a second while `ticking`. It begins with the time at which the server drew the page, so
 * that what the browser draws first is the same.
 */
export function useNow(renderedAtMs: number, ticking = true): number {
  const [nowMs, setNowMs] = useState(renderedAtMs);
  useEffect(() => {
    setNowMs(Date.now());
    if (!ticking) return;
    const timer = setInterval(() => setNowMs(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [ticking]);
  return nowMs;
}

const never = () => () => {};
/** False on the server and for the first drawing in the browser, which must look the same. */
const useInBrowser = () =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  );

/** A point in time: how long ago in the text, date and time of the reader's own zone when pointed at. */
export function Ago({ at, nowMs }: { at: string; nowMs: number }) {
  const inBrowser = useInBrowser();
  return (
    <time dateTime={at} title={inBrowser ? new Date(at).toLocaleString() : at}>
      {formatAgo(Math.max(0, nowMs - Date.parse(at)))}
    </time>
  );
}

/** The time of day of a log line, in the reader's own zone. */
export function ClockTime({ at }: { at: string }) {
  const inBrowser = useInBrowser();
  const text = inBrowser ? new Date(at).toLocaleTimeString('en-GB') : at.slice(11, 19);
  return <time dateTime={at}>{text}</time>;
}
