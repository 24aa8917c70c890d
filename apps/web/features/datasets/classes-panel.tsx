import { datasetKinds, type DatasetFormat } from '@espalier/core';
import { Bar } from '#features/ui/bar.tsx';
import { DataTable, numeric } from '#features/ui/data-table.tsx';
import { formatCount } from '#features/ui/format.ts';
import { Panel } from '#features/ui/panel.tsx';
import type { DatasetDetails } from './dataset-page.tsx';
import { prepareClasses } from './prepare-splits.ts';

/** Of a dataset for detectors the objects are counted, of others the pictures. */
export function ClassesPanel({ format, classes, splits }: Pick<DatasetDetails, 'format' | 'classes' | 'splits'>) {
  const counted = datasetKinds[format as DatasetFormat] === 'detection' ? 'Objects' : 'Examples';
  return (
    <Panel title="Classes" note={`${counted.toLowerCase()} of each class`} flush>
      <DataTable
        label={`${counted} of each class`}
        columns={[
          { ...numeric('Label'), width: '80px' },
          'Class',
          ...splits.map(({ name }) => numeric(`${name[0]?.toUpperCase()}${name.slice(1)}`)),
          { key: 'all', title: 'All splits', width: '40%' },
        ]}
      >
        {prepareClasses(classes, splits).map(({ label, name, counts, total, share }) => (
          <tr key={label}>
            <td data-number>{label}</td>
            <th scope="row">{name}</th>
            {counts.map((count, index) => (
              <td key={splits[index]?.name} data-number>
                {formatCount(count)}
              </td>
            ))}
            <td>
              <div style={{ display: 'grid', gridTemplateColumns: '64px 1fr', alignItems: 'center' }}>
                <span className="numbers">{formatCount(total)}</span>
                <Bar share={share} />
              </div>
            </td>
          </tr>
        ))}
      </DataTable>
    </Panel>
  );
}
