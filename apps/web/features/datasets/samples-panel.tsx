import { Panel } from '#features/ui/panel.tsx';
import classes from './samples-panel.module.css';

interface Sample {
  label: number;
  dataUrl: string;
}

/** A few pictures of each class, with the pixels of small ones left sharp. */
export function SamplesPanel({ samples, classes: names }: { samples: readonly Sample[]; classes: readonly string[] }) {
  const labels = [...new Set(samples.map(({ label }) => label))].sort((a, b) => a - b);
  return (
    <Panel title="Samples">
      <ul className={classes.groups}>
        {labels.map((label) => (
          <li key={label} className={classes.group}>
            <span className={classes.name}>{names[label] ?? label}</span>
            <span className={classes.pictures}>
              {samples
                .filter((sample) => sample.label === label)
                .map(({ dataUrl }, index) => (
                  // The picture is part of the page already: there is nothing that an image service could load.
                  <img key={dataUrl} src={dataUrl} width={48} height={48} alt={`${names[label] ?? label}, sample ${index + 1}`} />
                ))}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
