import { IconDownload } from '@tabler/icons-react';
import Link from 'next/link';
import { CopyText } from '#features/ui/copy-text.tsx';
import { DataTable, numeric } from '#features/ui/data-table.tsx';
import { formatBytes, formatQuantity, missing, shortDigest } from '#features/ui/format.ts';
import { linkToRun, linkToVersion } from '#features/ui/links.ts';
import { formatQuality } from '#features/ui/quality.ts';
import { Ago } from '#features/ui/time.tsx';
import type { ModelDetails } from './model-page.tsx';

/** The versions of a model, newest first as the API gives them. */
export function VersionsTable({ versions, nowMs }: { versions: ModelDetails['versions']; nowMs: number }) {
  return (
    <DataTable
      label="Versions, newest first"
      columns={[
        'Version',
        numeric('Accuracy or mAP'),
        numeric('Parameters'),
        numeric('MACs'),
        numeric('Size'),
        'Made by',
        'From',
        'Digest',
        numeric('Registered'),
        'File',
      ]}
    >
      {versions.map(
        ({ id, number, measurement, detection, parameters, macs, bytes, producedBy, parent, digest, createdAt, downloadPath }) => (
          <tr key={id}>
            <th scope="row">
              <Link href={linkToVersion(id)} className="link">
                version {number}
              </Link>
            </th>
            <td data-number>{formatQuality(detection ?? measurement)}</td>
            <td data-number>{formatQuantity(parameters)}</td>
            <td data-number>{formatQuantity(macs)}</td>
            <td data-number>{formatBytes(bytes)}</td>
            <td>
              {producedBy ? (
                <Link href={linkToRun(producedBy.id)} className="link">
                  {producedBy.title}
                </Link>
              ) : (
                missing
              )}
            </td>
            <td>
              {parent ? (
                <Link href={linkToVersion(parent.id)} className="link">
                  {parent.model.name} {parent.number}
                </Link>
              ) : (
                missing
              )}
            </td>
            <td>
              <CopyText text={digest} shown={shortDigest(digest)} what="digest" />
            </td>
            <td data-number>
              <Ago at={createdAt} nowMs={nowMs} />
            </td>
            <td>
              <a href={downloadPath} download className="link" aria-label={`Download version ${number}`}>
                <IconDownload size={16} aria-hidden style={{ verticalAlign: '-3px' }} /> Download
              </a>
            </td>
          </tr>
        ),
      )}
    </DataTable>
  );
}
