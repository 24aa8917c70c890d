import type { LogEntryFragment, RunQuery, RunStateFragment, RunUpdatesSubscription } from '#generated/graphql.ts';

export type RunDetails = Extract<NonNullable<RunQuery['node']>, { __typename: 'Run' }>;
export type RunUpdate = RunUpdatesSubscription['runUpdates'];
export interface Point {
  readonly step: number;
  readonly value: number;
}
/** The points of each series, in order of step, each step once. */
export type Series = ReadonlyMap<string, readonly Point[]>;

export interface LiveRun {
  readonly state: RunStateFragment;
  readonly series: Series;
  readonly log: readonly LogEntryFragment[];
  /** Where the next connection goes on. */
  readonly cursor: string;
}

const keptLines = 1000;

export function beginLiveRun({ series, log, cursor, ...state }: RunDetails): LiveRun {
  return { state, log, cursor, series: new Map(series.map(({ name, points }) => [name, points])) };
}

/**
 * The run after an update. Writing a point or a line again changes nothing but its value, so that an update may be told twice, and a
 * stage that began again from a checkpoint overwrites what it had drawn.
 */
export function applyUpdate(live: LiveRun, update: RunUpdate): LiveRun {
  return {
    state: update.run,
    cursor: update.cursor,
    series: mergePoints(live.series, update.points),
    log: mergeLines(live.log, update.lines),
  };
}

function mergePoints(series: Series, points: RunUpdate['points']): Series {
  if (points.length === 0) return series;
  const merged = new Map(series);
  const fresh = new Map<string, Point[]>();
  for (const { series: name, step, value } of points) {
    const list = fresh.get(name) ?? [...(merged.get(name) ?? [])];
    fresh.set(name, list);
    putPoint(list, { step, value });
  }
  for (const [name, list] of fresh) merged.set(name, list);
  return merged;
}

function putPoint(list: Point[], point: Point): void {
  let index = list.length;
  while (index > 0 && list[index - 1]!.step > point.step) index -= 1;
  const replaces = list[index - 1]?.step === point.step;
  list.splice(replaces ? index - 1 : index, replaces ? 1 : 0, point);
}

function mergeLines(log: LiveRun['log'], lines: LiveRun['log']): LiveRun['log'] {
  if (lines.length === 0) return log;
  const known = new Set(log.map(({ id }) => id));
  return [...log, ...lines.filter(({ id }) => !known.has(id))].slice(-keptLines);
}
