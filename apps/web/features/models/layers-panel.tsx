import { Bar } from '#features/ui/bar.tsx';
import { DataTable, numeric, unseen } from '#features/ui/data-table.tsx';
import { formatCount, formatQuantity, formatShape, missing, plural } from '#features/ui/format.ts';
import { Panel } from '#features/ui/panel.tsx';
import classes from './layers-panel.module.css';

interface Layer {
  name: string;
  type: string;
  outputShape: readonly number[];
  parameters: number;
  macs: number;
}

/** Every layer with its costs; the bars show where the MACs are. */
export function LayersPanel({ title, layers }: { title: string; layers: readonly Layer[] }) {
  if (layers.length === 0) return null;
  const most = Math.max(1, ...layers.map(({ macs }) => macs));
  return (
    <Panel title={title} note={plural(layers.length, 'layer')} flush>
      <DataTable
        label={title}
        columns={['Layer', 'Type', 'Output', numeric('Parameters'), numeric('MACs'), unseen('Share of MACs')]}
        rowsClass={classes.rows}
      >
        {layers.map(({ name, type, outputShape, parameters, macs }) => (
          <tr key={name}>
            <th scope="row">
              <span className={classes.name}>{name}</span>
            </th>
            <td className="soft">{type}</td>
            <td className="numbers">{formatShape(outputShape)}</td>
            <td data-number>{parameters > 0 ? formatCount(parameters) : missing}</td>
            <td data-number>{macs > 0 ? formatQuantity(macs) : missing}</td>
            <td className={classes.share}>{macs > 0 && <Bar share={macs / most} />}</td>
          </tr>
        ))}
      </DataTable>
    </Panel>
  );
}
