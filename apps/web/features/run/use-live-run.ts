'use client';

import { useState } from 'react';
import { RunUpdatesDocument, type RunStateFragment } from '#generated/graphql.ts';
import { useLive } from '#features/api/use-live.ts';
import { applyUpdate, beginLiveRun, type RunDetails } from './live.ts';

const finalStatuses: ReadonlySet<RunStateFragment['status']> = new Set(['SUCCEEDED', 'FAILED', 'CANCELLED']);

/** A run as it is now: what the server drew, and everything that came after its cursor. */
export function useLiveRun(run: RunDetails) {
  const [live, setLive] = useState(() => beginLiveRun(run));
  const isFinal = finalStatuses.has(live.state.status);
  const connection = useLive(RunUpdatesDocument, {
    key: run.id,
    active: !isFinal,
    variables: () => ({ run: run.id, after: live.cursor }),
    onData: ({ runUpdates }) => setLive((before) => applyUpdate(before, runUpdates)),
  });
  const setState = (state: RunStateFragment) => setLive((before) => ({ ...before, state }));
  return { live, isFinal, connection, setState };
}
