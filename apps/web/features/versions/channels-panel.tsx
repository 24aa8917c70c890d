import type { ReactNode } from 'react';
import { DataTable, numeric } from '#features/ui/data-table.tsx';
import { formatCount, plural } from '#features/ui/format.ts';
import { Panel } from '#features/ui/panel.tsx';
import { clusteringsOf, prepareChannels, type Channel } from './prepare-channels.ts';
import classes from './provenance-panel.module.css';

interface ChannelsPanelProps {
  layer: string;
  channels: readonly Channel[];
  totalCount: number;
  /** The way to the next ones. */
  children?: ReactNode;
}

/** The channels of one layer: which filter each was, and how the method saw it. */
export function ChannelsPanel({ layer, channels, totalCount, children }: ChannelsPanelProps) {
  const clusterings = clusteringsOf(channels);
  const note = [plural(totalCount, 'channel'), ...(clusterings.length === 0 ? [] : [`clustered by ${clusterings.join('; ')}`])].join(', ');
  return (
    <Panel title={`Channels of ${layer}`} note={note} flush>
      <DataTable
        label={`Channels of ${layer}`}
        columns={[numeric('Channel'), numeric('Was filter'), numeric('Score'), numeric('Cluster')]}
        rowsClass={classes.rows}
      >
        {prepareChannels(channels).map(({ channel, filter, scores, clusters }) => (
          <tr key={channel}>
            <th scope="row" data-number>
              {formatCount(channel)}
            </th>
            <td data-number>{formatCount(filter)}</td>
            <td data-number>{scores}</td>
            <td data-number>{clusters}</td>
          </tr>
        ))}
      </DataTable>
      {children && <div className={classes.more}>{children}</div>}
    </Panel>
  );
}
