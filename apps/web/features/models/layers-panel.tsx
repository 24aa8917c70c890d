import { Bar } from '#features/ui/bar.tsx';
import { DataTable } from '#features/ui/data-table.tsx';
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
      <DataTable label={title}>
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">Type</th>
            <th scope="col">Output</th>
            <th scope="col" data-number>
              Parameters
            </th>
            <th scope="col" data-number>
              MACs
            </th>
            <th scope="col">
              <span className="visually-hidden">Share of MACs</span>
            </th>
          </tr>
        </thead>
        <tbody className={classes.rows}>
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
        </tbody>
      </DataTable>
    </Panel>
  );
}
