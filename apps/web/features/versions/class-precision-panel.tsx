import { DataTable, numeric } from '#features/ui/data-table.tsx';
import { formatCount, formatShare, missing, plural } from '#features/ui/format.ts';
import { Panel } from '#features/ui/panel.tsx';
import type { VersionDetails } from './version-page.tsx';

/** How well a detector finds the objects of each class, by both definitions of PASCAL VOC. */
export function ClassPrecisionPanel({ detection }: { detection: NonNullable<VersionDetails['detection']> }) {
  const { classes } = detection;
  return (
    <Panel title="Average precision by class" note={plural(classes.length, 'class', 'classes')} flush>
      <DataTable label="Average precision by class" columns={['Class', numeric('Objects'), numeric('11 points'), numeric('Area')]}>
        {classes.map(({ name, objects, averagePrecision }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td data-number>{formatCount(objects)}</td>
            <td data-number>{averagePrecision ? formatShare(averagePrecision.voc07) : missing}</td>
            <td data-number>{averagePrecision ? formatShare(averagePrecision.area) : missing}</td>
          </tr>
        ))}
      </DataTable>
    </Panel>
  );
}
