import { formatCount, formatPercent, noValue } from '../../ui/format.ts';
import { LabelChip } from '../../ui/LabelChip.tsx';
import type { LabelNeighbourhood } from './mapData.ts';
import css from './MapScreen.module.css';

export interface NeighbourTableProps {
  labelNames: string[];
  neighbourhoods: LabelNeighbourhood[];
  predicted: boolean;
}

/** What the picture shows, in figures: for those who do not see it, and to hold impressions against. */
export function NeighbourTable({ labelNames, neighbourhoods, predicted }: NeighbourTableProps) {
  return (
    <section className={css.panel} aria-labelledby="map-summary">
      <h2 id="map-summary">Which labels keep together</h2>
      <p className={css.lead}>
        Of the ten titles nearest on the map to each title of a label{predicted ? ' as predicted' : ''}, how many carry
        it too, and which label the others carry most often.
      </p>
      <div className={css.wide}>
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">Label</th>
              <th scope="col">Titles</th>
              <th scope="col">Near ones alike</th>
              <th scope="col">Others mostly</th>
            </tr>
          </thead>
          <tbody>
            {labelNames.map((name, i) => {
              const { points, together, mostlyBeside } = neighbourhoods[i];
              return (
                <tr key={name}>
                  <th scope="row">
                    <LabelChip name={name} index={i} quiet />
                  </th>
                  <td>{formatCount(points)}</td>
                  <td>{formatPercent(together)}</td>
                  <td>
                    {mostlyBeside === null ? (
                      noValue
                    ) : (
                      <LabelChip name={labelNames[mostlyBeside]} index={mostlyBeside} quiet />
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}
