// Server only.
import Link from 'next/link';
import { VersionChannelsDocument, VersionProvenanceDocument } from '#generated/graphql.ts';
import { ApiError, query } from '#features/api/query.ts';
import { LinkButton } from '#features/shell/link-button.tsx';
import { Bar } from '#features/ui/bar.tsx';
import { DataTable, numeric, unseen } from '#features/ui/data-table.tsx';
import { formatCount } from '#features/ui/format.ts';
import { linkToChannels } from '#features/ui/links.ts';
import { Panel } from '#features/ui/panel.tsx';
import { ProblemPanel } from '#features/ui/problem-panel.tsx';
import { ChannelsPanel } from './channels-panel.tsx';
import classes from './provenance-panel.module.css';

/** Which layer's channels the address asks for, and from which on. */
export interface AskedChannels {
  layer: string | undefined;
  after: string | undefined;
}

const channelsOnPage = 100;

/** Where the channels of a compressed version come from, layer by layer; nothing for a version that no compression made. */
export async function ProvenancePanel({ id, layer, after }: AskedChannels & { id: string }) {
  const [provenance, channels] = await Promise.all([readProvenance(id), layer === undefined ? null : readChannels(id, layer, after)]);
  if (provenance === null) return null;
  if (provenance instanceof ApiError) {
    return (
      <Panel title="Where the channels come from">
        <ProblemPanel message={provenance.message} code={provenance.code} />
      </Panel>
    );
  }
  const { layers, downloadPath } = provenance;
  const sum = (side: 'before' | 'after') => formatCount(layers.reduce((total, one) => total + one[side], 0));
  return (
    <>
      <Panel
        title="Where the channels come from"
        note={`${sum('after')} of ${sum('before')} output channels are left. A layer leads to its channels.`}
        aside={
          <a href={downloadPath} download className="link">
            Save as JSON
          </a>
        }
        flush
      >
        <DataTable
          label="Where the channels of each layer come from"
          columns={['Layer', 'Group', numeric('Before'), numeric('Left'), unseen('Share that is left')]}
          rowsClass={classes.rows}
        >
          {layers.map((one) => (
            <tr key={one.layer} aria-current={one.layer === layer || undefined}>
              <th scope="row">
                <Link href={linkToChannels(id, one.layer)} className={classes.layer} scroll={false}>
                  {one.layer}
                </Link>
              </th>
              <td className="soft">{one.groups.join(', ')}</td>
              <td data-number>{formatCount(one.before)}</td>
              <td data-number>{formatCount(one.after)}</td>
              <td className={classes.share}>
                <Bar share={one.after / one.before} />
              </td>
            </tr>
          ))}
        </DataTable>
      </Panel>
      {layer !== undefined && channels && (
        <ChannelsPanel layer={layer} channels={channels.edges.map(({ node }) => node)} totalCount={channels.totalCount}>
          {channels.pageInfo.hasNextPage && channels.pageInfo.endCursor && (
            <LinkButton href={linkToChannels(id, layer, channels.pageInfo.endCursor)} variant="default">
              Next {channelsOnPage}
            </LinkButton>
          )}
        </ChannelsPanel>
      )}
    </>
  );
}

/** What is wrong with the file concerns this panel, not the page. */
async function readProvenance(id: string) {
  try {
    const { node } = await query(VersionProvenanceDocument, { id });
    return node?.__typename === 'ModelVersion' ? node.provenance : null;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

async function readChannels(id: string, layer: string, after: string | undefined) {
  try {
    const { node } = await query(VersionChannelsDocument, { id, layer, first: channelsOnPage, after: after ?? null });
    return node?.__typename === 'ModelVersion' ? node.channels : null;
  } catch (error) {
    // A cursor or a layer typed by hand leads to no channels; what else is wrong the panel above says.
    if (error instanceof ApiError) return null;
    throw error;
  }
}
