import { IconPlugConnectedX } from '@tabler/icons-react';
import type { Connection } from '#features/api/use-live.ts';
import classes from './connection-note.module.css';

/** Says that what is shown stands still. Floats, so that coming and going it moves nothing. */
export function ConnectionNote({ connection }: { connection: Connection }) {
  return (
    <div role="status" className={classes.place}>
      {connection === 'lost' && (
        <span className={classes.note}>
          <IconPlugConnectedX size={16} aria-hidden />
          Connection lost, trying again…
        </span>
      )}
    </div>
  );
}
